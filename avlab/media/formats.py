"""The formats that are written, and the codecs inside each."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Format:
    """A kind of file: FFmpeg's names for the container and the codecs in it. No `video`: sound only."""

    container: str
    audio: str
    audio_options: dict[str, str] = field(default_factory=dict)
    video: str | None = None
    video_options: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


# x264's macroblock tree reads memory that nobody wrote (seen with small frames): without it, the same clip
# gives the same bytes.
_H264 = {"crf": "20", "preset": "medium", "x264-params": "mbtree=0"}
# The first keyframe must not wait for a look-ahead of 25 frames, which makes short clips slow and no better.
_VP9 = {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "lag-in-frames": "0"}

# The index in front lets a browser begin at once; the clock tells to a microsecond where streams begin and
# end.
_MP4 = {"movflags": "+faststart", "movie_timescale": "1000000"}

# By suffix. H.264 and AAC are what every browser plays.
FORMATS = {
    ".mp4": Format("mp4", "aac", {"b": "96k", "aac_pns": "0"}, "libx264", _H264, _MP4),
    ".mkv": Format("matroska", "flac", {}, "libx264", _H264),
    ".webm": Format("webm", "libopus", {"b": "96k"}, "libvpx-vp9", _VP9),
    # A VOB is an MPEG-2 program stream; FFmpeg's "mpeg" is the older MPEG-1 one.
    ".mpg": Format(
        "vob", "mp2", {"b": "96k"}, "mpeg2video", {"bf": "0", "flags": "+qscale", "global_quality": "354"}
    ),
    ".wav": Format("wav", "pcm_f32le"),
    ".flac": Format("flac", "flac"),
    ".mp3": Format("mp3", "libmp3lame", {"b": "96k"}),
    # A page is lost as a whole when it is damaged: a tenth of a second rather than a second.
    ".ogg": Format("ogg", "libopus", {"b": "96k"}, options={"page_duration": "100000"}),
}

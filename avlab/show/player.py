"""A clip on the page: picture and sound in one player, over its frames and its waveform."""

import html

import torch
from einops import rearrange, repeat
from jaxtyping import UInt8
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from avlab.clip import Clip
from avlab.media import encode
from avlab.show.picture import drawn, image_uri, picture
from avlab.show.seconds import FOOT, MARGIN, WAVE_HEIGHT, draw_film, draw_wave, film_panel, panels
from avlab.show.shown import Shown, card, data_uri
from avlab.show.sound import OWN_KEYS, audio_tag
from avlab.show.strip import has_picture, has_sound
from avlab.show.style import PAGE, VERMILLION
from avlab.show.words import described

_LONGEST = 60.0  # seconds; a minute is about 2 MB, which is all that a notebook may weigh
_TINY, _LARGE = 192, 360  # lines of a frame: below, it is enlarged; above, reduced

# While the clip plays or is moved, the mark runs over the frames and the waveform.
_RUN = (
    "const v=this,m=v.parentNode.querySelector('[data-mark]');m.style.display='block';"
    "if(!v.running){v.running=true;(function step(){m.style.left=v.currentTime/m.dataset.mark*100+'%';"
    "v.running=!v.paused||v.seeking;if(v.running)requestAnimationFrame(step)})()}"
)
# A click on them moves the clip there.
_SEEK = (
    "const m=this.firstElementChild,b=this.getBoundingClientRect();"
    "this.parentNode.parentNode.querySelector('video,audio').currentTime="
    "(event.clientX-b.left)/b.width*m.dataset.mark"
)


def player(clip: Clip, description: str) -> Shown:
    """A clip with controls, over a strip of its frames and its waveform, and words that say what happens.

    Picture and sound travel as H.264 and AAC, sound alone as MP3, so that every browser plays them. While the
    clip plays a mark runs over the strip; a click on the strip moves there. Frames of fewer than 192 lines
    are enlarged pixel by pixel, those of more than 360 reduced. Raises ValueError for a clip longer than a
    minute, and for a description that says nothing. Chapter 1.
    """
    description = described(description, "description")
    if clip.duration > _LONGEST:
        raise ValueError(
            f"{clip} is too long for one page, which takes {_LONGEST:g} s. Show a piece: clip[:{_LONGEST:g}]"
        )
    if has_picture(clip) and not clip.duration:
        return picture(clip.frames[0], description)  # a single frame has no time to pass
    if has_picture(clip):
        inside = _video_tag(clip, description) + _overview(clip, description)
    elif has_sound(clip):
        inside = audio_tag(clip, description, _RUN) + _overview(clip, description)
    else:
        inside = ""
    return Shown(card(inside, description), description)


def measures(clip: Clip) -> str:
    """What a clip's repr says of it, for a caption: "4.00 s, 120 frames of 96×96 …"."""
    return repr(clip).removeprefix("Clip(").removesuffix(")")


def itself(clip: Clip) -> Shown:
    """How a clip shows itself in a notebook: a player of its first minute, with its measures. Chapter 1."""
    if clip.duration <= _LONGEST:
        return player(clip, f"A clip: {measures(clip)}.")
    return player(clip[:_LONGEST], f"A clip: {measures(clip)}. Here: its first {_LONGEST:g} s.")


def _video_tag(clip: Clip, description: str) -> str:
    _, height, width, _ = clip.frames.shape
    screen = _at_screen_size(clip)
    first, rendering = screen.frames[0], "auto"
    if height < _TINY:
        first, rendering = clip.frames[0], "pixelated"
        width *= max(1, min(320 // height, PAGE // width))
    else:
        width = screen.frames.shape[2]
    # Telephones and printers load no video by themselves, and would show nothing.
    poster = image_uri(Image.fromarray(first.numpy(force=True)))
    return (
        f'<video controls playsinline preload="metadata" width="{width}" poster="{poster}" {OWN_KEYS} '
        f'src="{data_uri(encode(screen, "mp4"), "video/mp4")}" onplay="{_RUN}" onseeking="{_RUN}" '
        f'aria-label="{html.escape(description)}" style="display:block;margin:0;max-width:100%;height:auto;'
        f'border-radius:4px;image-rendering:{rendering}"></video>'
    )


def _at_screen_size(clip: Clip) -> Clip:
    """The clip with frames not so small that H.264's halved colour blurs them, nor larger than the page."""
    lines = clip.frames.shape[1]
    frames = clip.frames.cpu()
    if lines < _TINY:
        # An even factor: then no two pixels of the frame share a colour sample of the video.
        times = 2 * -(-_TINY // (2 * lines))
        frames = repeat(frames, "time h w c -> time (h k) (w l) c", k=times, l=times)
    elif lines > _LARGE:
        # One frame at a time: as floats, a minute of them would take four times its memory.
        frames = torch.stack([_reduced(frame) for frame in frames])
    return Clip(frames, clip.frame_times.cpu(), clip.audio, clip.sample_rate)


def _reduced(frame: UInt8[Tensor, "height width 3"]) -> UInt8[Tensor, "lines columns 3"]:
    size = [2 * round(side * _LARGE / frame.shape[0] / 2) for side in frame.shape[:2]]
    planes = interpolate(rearrange(frame, "h w c -> 1 c h w").float(), size=size, mode="area")
    return rearrange(planes, "1 c h w -> h w c").round().to(torch.uint8)


def _overview(clip: Clip, description: str) -> str:
    """The strip and the waveform as one picture, and the mark that runs over them."""
    heights, names = [], []
    if has_picture(clip):
        count, height = film_panel(clip)
        heights.append(height)
        names.append(f"{count} of its frames")
    if has_sound(clip):
        heights.append(WAVE_HEIGHT)
        names.append("its waveform")
    fig, axes = panels(heights, clip.duration)
    if has_picture(clip):
        draw_film(axes[0], clip, count)
    if has_sound(clip):
        draw_wave(axes[-1], clip.audio, clip.sample_rate)
    foot = 100 * FOOT / (fig.get_figheight() * fig.dpi)
    image = drawn(fig, f"The clip over its seconds: {' and '.join(names)}. {description}")
    return (
        f'<div style="position:relative;max-width:{PAGE}px;margin:8px 0 0">{image}{_mark(clip, foot)}</div>'
    )


def _mark(clip: Clip, foot: float) -> str:
    side = 100 * MARGIN / PAGE
    return (
        f'<div onclick="{_SEEK}" style="position:absolute;top:0;bottom:{foot:.1f}%;left:{side:.2f}%;'
        f'right:{side:.2f}%;cursor:pointer"><div data-mark="{clip.duration:.6g}" style="display:none;'
        f'position:absolute;top:0;bottom:0;width:2px;background:{VERMILLION}"></div></div>'
    )

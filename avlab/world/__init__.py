"""Synthetic worlds whose truth is known exactly: voices, talking faces, moving and sounding bodies."""

from avlab.world.detection import detection_f1
from avlab.world.displays import clap, clicks, crossing
from avlab.world.faces import talking_face
from avlab.world.noise import NOISES, noise
from avlab.world.scenes import Body, Scene, scene
from avlab.world.sentences import GRAMMAR, SENTENCES, sentence
from avlab.world.speech import Speech, say
from avlab.world.talk import Talk, talk
from avlab.world.timbres import TIMBRES, tone
from avlab.world.visemes import mouth_opening
from avlab.world.voice import variants, voices

__all__ = [
    "GRAMMAR",
    "NOISES",
    "SENTENCES",
    "TIMBRES",
    "Body",
    "Scene",
    "Speech",
    "Talk",
    "clap",
    "clicks",
    "crossing",
    "detection_f1",
    "mouth_opening",
    "noise",
    "say",
    "scene",
    "sentence",
    "talk",
    "talking_face",
    "tone",
    "variants",
    "voices",
]

"""Synthetic worlds whose truth is known exactly: voices, talking faces, moving and sounding bodies."""

from avlab.world.displays import clap, clicks, crossing
from avlab.world.faces import talking_face
from avlab.world.scenes import Body, Scene, scene
from avlab.world.sentences import GRAMMAR, SENTENCES, sentence
from avlab.world.speech import Speech, say
from avlab.world.timbres import TIMBRES, tone
from avlab.world.visemes import mouth_opening
from avlab.world.voice import variants, voices

__all__ = [
    "GRAMMAR",
    "SENTENCES",
    "TIMBRES",
    "Body",
    "Scene",
    "Speech",
    "clap",
    "clicks",
    "crossing",
    "mouth_opening",
    "say",
    "scene",
    "sentence",
    "talking_face",
    "tone",
    "variants",
    "voices",
]

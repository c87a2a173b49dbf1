"""The compiler of ilink: one LinkML model in, everything that speaks it out."""

from ilink_generators.build import generate
from ilink_generators.load import load
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.standard import Standard

__all__ = ["ModelFault", "ModelRefused", "Standard", "generate", "load"]

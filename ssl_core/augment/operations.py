"""What can be done to a picture: pure functions of a batch in 0..1 [B, C, H, W] and one strength a sample [B].

The first fourteen are RandAugment's (Cubuk 2019). The kernels follow torchvision's conventions, so that each equals
torchvision.transforms.v2.functional applied one picture at a time, where torchvision has it.
"""

from __future__ import annotations

from ssl_core.augment import blurs, clahe, colours, crops, erase, geometry, ground, light, restyle
from ssl_core.augment.operation import KINDS, Operation, warp

FACTOR, SIDE = "factor, 1 = unchanged", "share of the side"
TURNED = "equal with the sign turned around"
NEAREST = "equal where no pixel centre falls exactly between two pixels"

# Ranges: FixMatch (Sohn 2020), Table 12 of its appendix: sampled uniformly, no global magnitude.
PAPER: tuple[Operation, ...] = (
    Operation("identity", "does nothing", 0, 0, pixels=light.identity, does="Leaves the picture alone.", neutral=0),
    Operation("autocontrast", "always full", 0, 0, pixels=light.autocontrast,
              does="Stretches each channel to black and white; a picture that has both already stays."),
    Operation("equalize", "always full", 0, 0, smallest=16, pixels=light.equalize,
              does="Flattens each channel's histogram. Below 256 pixels its counting step is 0 and nothing happens."),
    Operation("rotate", "degrees", 0, 30, signed=True, matrix=geometry.rotate, kind="geometry", bounds=(0, 180),
              neutral=0, does="Turns about the centre; black comes in at the corners.", turns=True,
              peer=NEAREST),
    Operation("solarize", "threshold, 0..1", 0, 1, pixels=light.solarize, bounds=(0, 1),
              does="Inverts everything at least as bright as the threshold: the lower, the more."),
    Operation("color", FACTOR, 0.05, 0.95, colour=True, pixels=colours.color, bounds=(0, 3), neutral=1,
              does="Saturation: towards grey below 1, more vivid above."),
    Operation("contrast", FACTOR, 0.05, 0.95, pixels=light.contrast, bounds=(0, 3), neutral=1,
              does="Towards the picture's mean grey below 1, away from it above."),
    Operation("brightness", FACTOR, 0.05, 0.95, pixels=light.brightness, bounds=(0, 3), neutral=1,
              does="Towards black below 1, brighter above.", ruins=(0, 0.02)),
    Operation("sharpness", FACTOR, 0.05, 0.95, smallest=3, pixels=blurs.sharpness, bounds=(0, 5), neutral=1,
              does="Towards a small blur below 1, crisper above."),
    Operation("shear_x", SIDE, 0, 0.3, signed=True, matrix=geometry.shear_x, kind="geometry", bounds=(0, 1), neutral=0,
              does="Leans along the width; the top edge stays.", peer=TURNED),
    Operation("shear_y", SIDE, 0, 0.3, signed=True, matrix=geometry.shear_y, kind="geometry", bounds=(0, 1), neutral=0,
              does="Leans along the height; the left edge stays.", peer=TURNED),
    Operation("translate_x", SIDE, 0, 0.3, signed=True, matrix=geometry.translate_x, kind="geometry", bounds=(0, 1),
              neutral=0, does="Moves sideways; black comes in.", ruins=(0.6, 1),
              peer="equal at whole pixels; torchvision cuts fractions off, ours rounds to the nearest pixel"),
    Operation("translate_y", SIDE, 0, 0.3, signed=True, matrix=geometry.translate_y, kind="geometry", bounds=(0, 1),
              neutral=0, does="Moves up or down; black comes in.", ruins=(0.6, 1),
              peer="equal at whole pixels; torchvision cuts fractions off, ours rounds to the nearest pixel"),
    Operation("posterize", "bits kept", 4, 8, pixels=light.posterize, bounds=(1, 8),
              does="Keeps few levels of each channel: 1 bit is two levels."),
)  # fmt: skip

GEOMETRY: tuple[Operation, ...] = (
    Operation("hflip", "always full", 0, 0, pixels=geometry.hflip, kind="geometry",
              does="Mirrors left and right.", mirrors="left-right"),
    Operation("vflip", "always full", 0, 0, pixels=geometry.vflip, kind="geometry",
              does="Mirrors top and bottom.", mirrors="top-bottom"),
    Operation("scale", FACTOR, 0.7, 1.4, matrix=geometry.scale, kind="geometry", bounds=(0.25, 4), neutral=1,
              does="Enlarges about the centre above 1, shrinks onto black below.",
              ruins=(2.5, 4), peer=NEAREST),
    Operation("rescale", "0..1, 1 = a quarter off each side", 0, 1, matrix=geometry.rescale, kind="geometry",
              bounds=(0, 1), neutral=0, does="Cuts the border away and enlarges the rest (CTAugment).",
              peer="none; CTAugment also draws one of six filters, ours uses the one of the pipeline"),
    Operation("random_crop", SIDE, 0.125, 0.125, pixels=crops.random_crop, kind="geometry", bounds=(0, 0.5), neutral=0,
              luck=2, does="Shifts by up to this share each way, borders reflected, as pad and crop do."),
    Operation("random_resized_crop", "share of the area", 0.5, 1, pixels=crops.random_resized_crop, kind="geometry",
              bounds=(0.08, 1), neutral=1, luck=3, does="Cuts a window of this area and enlarges it.",
              ruins=(0.08, 0.3), peer="equal to 1e-6: the same bilinear rule in another order of sums"),
    Operation("perspective", "share of half the side", 0.2, 0.5, pixels=crops.perspective, kind="geometry",
              bounds=(0, 0.9), neutral=0, luck=8, does="Pulls each corner inwards, as if seen from aside.",
              peer="equal to 1e-4: the two solve for the same eight numbers with different rounding"),
    Operation("elastic", SIDE, 0.03, 0.1, pixels=crops.elastic, kind="geometry", bounds=(0, 0.3), neutral=0, luck=2,
              does="Bends the picture like a rubber sheet.", ruins=(0.15, 0.3),
              peer="equal to 1e-5 given the same displacements; torchvision draws a finer field"),
)  # fmt: skip

COLOUR: tuple[Operation, ...] = (
    Operation("hue", "turn of the colour circle", 0, 0.1, signed=True, colour=True, pixels=colours.hue,
              bounds=(0, 0.5), neutral=0, does="Turns every colour along the colour circle; greys stay.",
              peer="equal to 2e-6: hue in sixths is rounded at another place"),
    Operation("gamma", "exponent, 1 = unchanged", 0.7, 1.4, pixels=light.gamma, bounds=(0.2, 5), neutral=1,
              does="Middle tones brighter below 1, darker above; black and white stay."),
    Operation("solarize_add", "amount added", 0, 0.43, pixels=light.solarize_add, bounds=(0, 0.5), neutral=0,
              does="Brightens what is darker than one half.", peer="none"),
    Operation("invert", "always full", 0, 0, pixels=light.invert, does="Makes the negative."),
    Operation("greyscale", "always full", 0, 0, colour=True, pixels=colours.greyscale, does="Takes the colour away."),
    Operation("channel_shuffle", "always full", 0, 0, colour=True, pixels=colours.channel_shuffle, luck=3,
              does="Red, green and blue change places; one time in six they stay."),
    Operation("clahe", "clip limit", 1, 4, pixels=clahe.clahe, bounds=(1, 8),
              does="Evens out contrast tile by tile, lightness alone (OpenCV's CLAHE).",
              peer="none; OpenCV's pixels, see the golden numbers"),
    Operation("part_autocontrast", "0..1", 0, 1, pixels=light.part_autocontrast, bounds=(0, 1), neutral=0,
              does="Part of the way to autocontrast (CTAugment).", peer="none"),
    Operation("part_equalize", "0..1", 0, 1, smallest=16, pixels=light.part_equalize, bounds=(0, 1), neutral=0,
              does="Part of the way to equalize (CTAugment).", peer="none"),
    Operation("part_invert", "0..1", 0, 1, pixels=light.part_invert, bounds=(0, 1), neutral=0,
              does="Part of the way to the negative (CTAugment); halfway all is grey.", ruins=(0.45, 0.55),
              peer="none"),
    Operation("repaint_ground", "0..1", 1, 1, pixels=ground.repaint_ground, bounds=(0, 1), neutral=0, luck=7,
              does="Paints what looks like the picture's rim in a drawn shade with grain.", peer="none"),
    Operation("restyle", "0..1", 0.5, 1, pixels=restyle.restyle, bounds=(0, 1), neutral=0, luck=5,
              does="Takes over a drawn look: colours, contrast and texture of another picture, shapes stay.",
              peer="none"),
)  # fmt: skip

ERASE: tuple[Operation, ...] = (
    Operation("cutout", SIDE, 0, 0.5, pixels=erase.cutout, kind="erase", bounds=(0, 1), neutral=0, luck=2,
              does="A grey square anywhere, clipped at the border.", ruins=(0.7, 1), peer="none"),
    Operation("erase", "share of the area", 0.02, 0.33, pixels=erase.erase, kind="erase", bounds=(0, 0.8), neutral=0,
              luck=3, does="A black box (random erasing).", ruins=(0.5, 0.8)),
    Operation("erase_grey", "share of the area", 0.02, 0.33, pixels=erase.erase_grey, kind="erase", bounds=(0, 0.8),
              neutral=0, luck=3, does="A mid-grey box (random erasing).", ruins=(0.5, 0.8)),
    Operation("erase_mean", "share of the area", 0.02, 0.33, pixels=erase.erase_mean, kind="erase", bounds=(0, 0.8),
              neutral=0, luck=3, does="A box in the picture's mean colour.", ruins=(0.5, 0.8)),
    Operation("erase_noise", "share of the area", 0.02, 0.33, pixels=erase.erase_noise, kind="erase", bounds=(0, 0.8),
              neutral=0, luck=5, does="A box of noise.", ruins=(0.5, 0.8),
              peer="same box; the noise is our own"),
)  # fmt: skip

NOISE: tuple[Operation, ...] = (
    Operation("gaussian_noise", "standard deviation", 0.02, 0.1, pixels=erase.gaussian_noise, kind="noise",
              bounds=(0, 0.5), neutral=0, luck=2, does="Adds noise to every value.", peer="same law, other numbers"),
    Operation("salt_pepper", "share of the pixels", 0.01, 0.1, pixels=erase.salt_pepper, kind="noise", bounds=(0, 0.5),
              neutral=0, luck=2, does="Makes pixels black or white.", peer="none"),
    Operation("shot_noise", "deviation at white", 0.02, 0.15, pixels=erase.shot_noise, kind="noise", bounds=(0, 0.5),
              neutral=0, luck=2, does="A camera's noise in the dark: more where it is bright.", peer="none"),
    Operation("gaussian_blur", "standard deviation, pixels", 0.2, 1.5, pixels=blurs.gaussian_blur, kind="noise",
              smallest=2, bounds=(0, 2), neutral=0, does="Blurs evenly.",
              peer="equal to 1e-6: two passes instead of one square kernel"),
    Operation("motion_blur", SIDE, 0.05, 0.2, pixels=blurs.motion_blur, kind="noise", bounds=(0, 0.5), neutral=0,
              luck=1, does="Blurs along a line, as a moving camera does.", peer="none"),
    Operation("smooth", "0..1", 0, 1, smallest=3, pixels=blurs.smooth, kind="noise", bounds=(0, 1), neutral=0,
              does="Part of the way to a 3×3 blur (CTAugment).", peer="none"),
    Operation("blur", "0..1", 0, 1, smallest=5, pixels=blurs.blur, kind="noise", bounds=(0, 1), neutral=0,
              does="Part of the way to a 5×5 ring blur (CTAugment).", peer="none"),
    Operation("jpeg", "quality", 20, 80, pixels=blurs.jpeg, kind="noise", bounds=(5, 95),
              does="What saving as JPEG loses: blocks and ringing; low quality loses more.",
              peer="mean within half a level of an encoder with full colour, whose transform is in whole numbers"),
)  # fmt: skip

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for operation in (*PAPER, *GEOMETRY, *COLOUR, *ERASE, *NOISE)
}
PAPER_NAMES = tuple(operation.name for operation in PAPER)
"""FixMatch's fourteen, in their order: the pool that training draws from."""

__all__ = ["KINDS", "OPERATIONS", "PAPER_NAMES", "Operation", "warp"]

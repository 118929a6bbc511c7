"""The crop network: six points, fracture, lost height and plausibility of one vertebral body."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from spondyl.geometry import POINT_NAMES
from spondyl.network.blocks import ConvBlock, ResidualBlock, UpBlock, initialise

_POINTS = len(POINT_NAMES)
#: Stride of the heat maps; cell (r, c) has its centre at crop pixel (2 c + 0.5, 2 r + 0.5).
HEAT_STRIDE = 2


@dataclass(frozen=True)
class BodyNetConfig:
    """Sizes of a :class:`BodyNet`.

    Attributes
    ----------
    crop_px : int
        Side of the square crop, a multiple of 16.
    widths : tuple of 4 int
        Encoder channels at strides 2, 4, 8, 16.
    decoder_widths : tuple of 3 int
        Decoder channels at strides 8, 4, 2.
    head_width : int
    dropout : float
        In front of the heads.
    """

    crop_px: int = 112
    widths: tuple[int, ...] = (16, 32, 64, 128)
    decoder_widths: tuple[int, ...] = (48, 24, 16)
    head_width: int = 96
    dropout: float = 0.15

    def __post_init__(self) -> None:
        if self.crop_px % 16 or self.crop_px < 32:
            raise ValueError(f"crop_px must be a multiple of 16 from 32 on, found {self.crop_px}.")
        for name, count in (("widths", 4), ("decoder_widths", 3)):
            found = getattr(self, name)
            if len(found) != count or min(found) < 1:
                raise ValueError(f"{name} needs {count} numbers above 0, found {tuple(found)}.")


class BodyNet(nn.Module):
    """Encoder-decoder with heat maps for six points, and heads on what the maps look at.

    The points are the mean of each heat map's softmax, so that they are not tied to its grid. The
    heads see the pooled lowest scale, the decoder's features at each point, and the points
    themselves (without passing gradients through them: a fracture must not pull its corners).

    Parameters
    ----------
    config : BodyNetConfig
    """

    grid: Tensor

    def __init__(self, config: BodyNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or BodyNetConfig()
        w2, w4, w8, w16 = self.config.widths
        d8, d4, d2 = self.config.decoder_widths
        self.stem = ConvBlock(1, w2, 5, 2)
        self.stage2 = ResidualBlock(w2, w2)
        self.stage4 = nn.Sequential(ResidualBlock(w2, w4, stride=2), ResidualBlock(w4, w4))
        self.stage8 = nn.Sequential(ResidualBlock(w4, w8, stride=2), ResidualBlock(w8, w8))
        self.stage16 = nn.Sequential(ResidualBlock(w8, w16, stride=2), ResidualBlock(w16, w16))
        self.up8 = UpBlock(w16, w8, d8)
        self.up4 = UpBlock(d8, w4, d4)
        self.up2 = UpBlock(d4, w2, d2, refine=False)
        self.heat = nn.Conv2d(d2, _POINTS, 1)
        self.lens = nn.Sequential(
            nn.Linear(w16 + _POINTS * (d2 + 2), self.config.head_width),
            nn.ReLU(inplace=True),
            nn.Dropout(self.config.dropout),
        )
        self.fracture = nn.Linear(self.config.head_width, 1)
        self.loss = nn.Linear(self.config.head_width, 3)
        self.body = nn.Linear(self.config.head_width, 1)
        self.log_spread = nn.Linear(self.config.head_width + _POINTS, _POINTS)
        initialise(self)
        nn.init.normal_(self.heat.weight, std=0.05)
        for head in (self.fracture, self.loss, self.body, self.log_spread):
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
        nn.init.constant_(self.log_spread.bias, 2.0)
        cells = self.config.crop_px // HEAT_STRIDE
        centres = torch.arange(cells) * HEAT_STRIDE + (HEAT_STRIDE - 1) / 2
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        self.register_buffer("grid", torch.stack([x.flatten(), y.flatten()]), persistent=False)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs that are exported, in order."""
        return ("points", "spread", "fracture", "loss", "body")

    def forward(self, crop: Tensor) -> dict[str, Tensor]:
        """Crop (N, 1, S, S) -> outputs by name.

        Returns
        -------
        dict
            ``points`` (N, 6, 2) crop pixels x, y; ``spread`` (N, 6) expected distance of each
            point from the truth in crop pixels; ``fracture`` (N, 1) logit; ``loss`` (N, 3) lost
            share of the anterior, middle and posterior height; ``body`` (N, 1) logit;
            ``heat`` (N, 6, S/2, S/2) logits of the heat maps, for training.
        """
        m2 = self.stage2(self.stem(crop))
        m4 = self.stage4(m2)
        m8 = self.stage8(m4)
        m16 = self.stage16(m8)
        features = self.up2(self.up4(self.up8(m16, m8), m4), m2)
        heat = self.heat(features)

        # In float32 and without matrix products, which mixed precision would round to 8 bits.
        share = functional.softmax(heat.float().flatten(2), dim=2)
        grid = self.grid
        points = torch.stack([(share * grid[0]).sum(dim=2), (share * grid[1]).sum(dim=2)], dim=2)
        second = (share * (grid * grid).sum(dim=0)).sum(dim=2)
        variance = second - (points * points).sum(dim=2)
        log_width = 0.5 * torch.log(variance.clamp(min=0.25))

        seen = torch.matmul(share.to(features.dtype), features.flatten(2).transpose(1, 2))
        half = self.config.crop_px / 2
        place = (points.detach() - half) / half
        lens = self.lens(
            torch.cat(
                [m16.mean(dim=(2, 3)), seen.flatten(1), place.flatten(1).to(features.dtype)], dim=1
            )
        )
        log_spread = self.log_spread(torch.cat([lens, log_width.detach().to(lens.dtype)], dim=1))
        spread = torch.exp(log_spread.float().clamp(-3.0, 4.0))
        return {
            "points": points,
            "spread": spread,
            "fracture": self.fracture(lens).float(),
            "loss": self.loss(lens).float(),
            "body": self.body(lens).float(),
            "heat": heat,
        }

"""Building blocks shared by the networks: plain convolutions, no depthwise ones.

Plain 3 x 3 convolutions in channels-last order are what CPUs and GPUs run fastest in bfloat16;
depthwise ones have fewer multiplications but move as much memory.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvBlock(nn.Sequential):
    """Convolution, batch normalisation, ReLU; keeps the size except for its stride."""

    def __init__(
        self, channels_in: int, channels_out: int, size: int = 3, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__(
            nn.Conv2d(
                channels_in,
                channels_out,
                size,
                stride,
                padding=dilation * (size // 2),
                dilation=dilation,
                bias=False,
            ),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        )


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut; the first may halve the size or dilate."""

    def __init__(
        self, channels_in: int, channels_out: int, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        self.first = ConvBlock(channels_in, channels_out, 3, stride, dilation)
        self.second = nn.Sequential(
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            # Averaging before a 1 x 1 convolution, not a strided one: it drops no pixel,
            # and the strided one's backward pass in channels-last order crashes some CPU builds of
            # PyTorch 2.13 (8 channels to 8).
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride) if stride != 1 else nn.Identity(),
                nn.Conv2d(channels_in, channels_out, 1, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) -> (N, C_out, H / stride, W / stride)."""
        out = self.second(self.first(x)) + self.shortcut(x)
        return functional.relu(out, inplace=True)


class GlobalContext(nn.Module):
    """Lets each place of the lowest scale know the whole film.

    Numbering is counting: a body's level cannot be told without the sacrum at the other end of the
    column. Dilated residual blocks reach across the whole map, and the film's mean adds what has
    no place.
    """

    def __init__(self, channels: int, dilations: tuple[int, ...] = (2, 4)) -> None:
        super().__init__()
        self.dilated = nn.Sequential(
            *(ResidualBlock(channels, channels, dilation=dilation) for dilation in dilations)
        )
        self.pooled = nn.Sequential(
            nn.Conv2d(channels, channels // 2, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // 2, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape."""
        x = self.dilated(x)
        return functional.relu(x + self.pooled(x.mean(dim=(2, 3), keepdim=True)))


class UpBlock(nn.Module):
    """One step up a U-Net: narrow, enlarge twice, join the encoder's map, one or two convolutions.

    Channels are narrowed before enlarging, and enlarged by repetition: both are cheap, and the
    convolutions that follow smooth the result.
    """

    def __init__(
        self, channels_in: int, channels_skip: int, channels_out: int, refine: bool = True
    ) -> None:
        super().__init__()
        self.narrow = ConvBlock(channels_in, channels_out, 1)
        self.join = ConvBlock(channels_out + channels_skip, channels_out)
        self.refine = ConvBlock(channels_out, channels_out) if refine else nn.Identity()

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Map (N, C_in, H, W) and skip (N, C_skip, 2H, 2W) -> (N, C_out, 2H, 2W)."""
        x = functional.interpolate(self.narrow(x), scale_factor=2.0, mode="nearest")
        return self.refine(self.join(torch.cat([x, skip], dim=1)))


def count_parameters(module: nn.Module) -> int:
    """Number of trainable values."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def initialise(module: nn.Module) -> None:
    """Kaiming-normal convolutions; each residual block starts close to its shortcut."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    for part in module.modules():
        if isinstance(part, ResidualBlock):
            norm = part.second[1]
            assert isinstance(norm, nn.BatchNorm2d)
            nn.init.constant_(norm.weight, 0.2)

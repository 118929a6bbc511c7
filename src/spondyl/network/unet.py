"""The film network: one encoder, one U-Net decoder per task.

The form is the paper's (one encoder shared by a decoder for levels and one for fracture); block
sizes, the context at the lowest scale and the decoder for bodies are ours.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spondyl.network.blocks import ConvBlock, GlobalContext, ResidualBlock, UpBlock, initialise
from spondyl.network.tasks import ARM_TASKS, TASK_CHANNELS, Arm, Task

_LOWEST_STRIDE = 32
#: Prior share of positive cells; keeps the first steps from being spent on the background.
_PRIOR = 0.05


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of a :class:`MultiTaskUNet`.

    Attributes
    ----------
    arm : Arm
        Which decoders exist.
    in_channels : int
    widths : tuple of 5 int
        Encoder channels at strides 2, 4, 8, 16, 32.
    depths : tuple of 4 int
        Residual blocks at strides 4, 8, 16, 32.
    decoder_widths : tuple of 5 int
        Decoder channels at strides 16, 8, 4, 2, 1; those under ``output_stride`` are not used.
    output_stride : int
        1, 2 or 4.
    dropout : float
        Share of the lowest scale's channels that is dropped in training.
    input_px : (width, height)
        Of the film that it is trained and exported for, multiples of 32. The shipped reader takes
        the default; a smaller one costs less and shows less.
    """

    arm: Arm = Arm.READER
    in_channels: int = 2
    widths: tuple[int, ...] = (16, 32, 64, 112, 160)
    depths: tuple[int, ...] = (1, 2, 2, 1)
    decoder_widths: tuple[int, ...] = (64, 40, 32, 24, 16)
    output_stride: int = 4
    dropout: float = 0.1
    input_px: tuple[int, ...] = (320, 448)

    def __post_init__(self) -> None:
        sides = tuple(self.input_px)
        if len(sides) != 2 or min(sides) < 1 or any(side % _LOWEST_STRIDE for side in sides):
            raise ValueError(
                f"input_px needs a width and a height, each a multiple of {_LOWEST_STRIDE}, found "
                f"{sides}."
            )
        if self.output_stride not in (1, 2, 4):
            raise ValueError(f"output_stride must be 1, 2 or 4, found {self.output_stride}.")
        for name, count in (("widths", 5), ("depths", 4), ("decoder_widths", 5)):
            found = getattr(self, name)
            if len(found) != count or min(found) < 1:
                raise ValueError(f"{name} needs {count} numbers above 0, found {tuple(found)}.")

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The decoders, in output order."""
        return ARM_TASKS[self.arm]


class Encoder(nn.Module):
    """Strides 2 to 32; returns the maps that decoders join, finest first."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        widths = config.widths
        self.stem = ConvBlock(config.in_channels, widths[0], 5, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(
                ResidualBlock(before, after, stride=2),
                *(ResidualBlock(after, after) for _ in range(depth - 1)),
            )
            for before, after, depth in zip(widths, widths[1:], config.depths, strict=False)
        )
        self.context = GlobalContext(widths[-1])
        self.dropout = nn.Dropout2d(config.dropout)

    def forward(self, film: Tensor) -> list[Tensor]:
        """(N, C, H, W) -> maps at strides 1 (the film), 2, 4, 8, 16, 32."""
        maps = [film, self.stem(film)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        maps[-1] = self.dropout(self.context(maps[-1]))
        return maps


class Decoder(nn.Module):
    """From stride 32 up to the output stride, then one 1 x 1 convolution."""

    def __init__(self, config: UNetConfig, task: Task) -> None:
        super().__init__()
        skips = [config.widths[3], config.widths[2], config.widths[1], config.widths[0]]
        skips.append(config.in_channels)
        steps = (_LOWEST_STRIDE // config.output_stride).bit_length() - 1
        before = (config.widths[-1], *config.decoder_widths)
        self.steps = nn.ModuleList(
            UpBlock(before[i], skips[i], config.decoder_widths[i]) for i in range(steps)
        )
        self.head = nn.Conv2d(config.decoder_widths[steps - 1], TASK_CHANNELS[task], 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        """Encoder maps, finest first -> (N, channels, H / stride, W / stride)."""
        x = maps[-1]
        for i, step in enumerate(self.steps):
            x = step(x, maps[-2 - i])
        return self.head(x)


class MultiTaskUNet(nn.Module):
    """Shared encoder, one decoder per task.

    Parameters
    ----------
    config : UNetConfig
    """

    def __init__(self, config: UNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or UNetConfig()
        self.encoder = Encoder(self.config)
        self.decoders = nn.ModuleDict(
            {str(task): Decoder(self.config, task) for task in self.config.tasks}
        )
        initialise(self)
        self._start_from_priors()

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""
        return tuple(str(task) for task in self.config.tasks)

    def forward(self, film: Tensor) -> dict[str, Tensor]:
        """Film (N, 2, H, W), H and W multiples of 32 -> logits and offsets by task.

        ``levels`` (N, 10, h, w), ``fracture`` (N, 1, h, w), ``bodies`` (N, 13, h, w) with
        h = H / output_stride, w = W / output_stride.
        """
        maps = self.encoder(film)
        return {name: decoder(maps) for name, decoder in self.decoders.items()}

    def _start_from_priors(self) -> None:
        logit = float(torch.logit(torch.tensor(_PRIOR)))
        for name, decoder in self.decoders.items():
            head = decoder.head
            assert isinstance(head, nn.Conv2d)
            assert head.bias is not None
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
            if name == Task.BODIES:
                nn.init.constant_(head.bias[:1], logit)
            elif name == Task.FRACTURE:
                nn.init.constant_(head.bias, -1.5)
            else:
                nn.init.constant_(head.bias[:1], 2.0)

"""The view network: posterior side, polarity, and whether this is a lateral lumbar film."""

from dataclasses import dataclass

from torch import Tensor, nn

from spondyl.network.blocks import ConvBlock, ResidualBlock, initialise


@dataclass(frozen=True)
class ViewNetConfig:
    """Sizes of a :class:`ViewNet`: channels at strides 2, 4, 8, 16."""

    widths: tuple[int, ...] = (16, 32, 48, 80)
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if len(self.widths) != 4 or min(self.widths) < 1:
            raise ValueError(f"widths needs 4 numbers above 0, found {tuple(self.widths)}.")


class ViewNet(nn.Module):
    """A small residual classifier with three independent logits.

    Parameters
    ----------
    config : ViewNetConfig
    """

    def __init__(self, config: ViewNetConfig | None = None) -> None:
        super().__init__()
        self.config = config or ViewNetConfig()
        w2, w4, w8, w16 = self.config.widths
        self.features = nn.Sequential(
            ConvBlock(1, w2, 5, 2),
            ResidualBlock(w2, w4, stride=2),
            ResidualBlock(w4, w8, stride=2),
            ResidualBlock(w8, w16, stride=2),
            # The whole 8 x 8 map must be seen at once: what is in front of what decides the side.
            ConvBlock(w16, w16, 3, dilation=2),
        )
        self.dropout = nn.Dropout(self.config.dropout)
        self.head = nn.Linear(w16, len(self.output_names))
        initialise(self)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs, in order."""
        return ("side", "inverted", "lumbar")

    def forward(self, film: Tensor) -> dict[str, Tensor]:
        """Film (N, 1, 128, 128) of rank-normalised grey values -> logits (N, 1) by name.

        ``side``: posterior is on the right; ``inverted``: bone is dark; ``lumbar``: this is a
        lateral lumbar spine film.
        """
        pooled = self.features(film).mean(dim=(2, 3))
        logits = self.head(self.dropout(pooled))
        return {name: logits[:, i : i + 1] for i, name in enumerate(self.output_names)}

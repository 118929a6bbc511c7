"""Normal height ratios per level.

Thoracic bodies are lower in front (ratio anterior/posterior below 1), L1-L2 nearly square, L4-L5
lower behind. Means and standard deviations are rounded from published quantitative morphometry of
lateral films of women without fracture: the pattern of Ha/Hp (T11 0.95 rising to L5 about 1.10)
is that of Eastell et al. 1991 (J Bone Miner Res 6:207) and Black et al. 1991 (J Bone Miner Res
6:883); the rounded table here was written from that pattern, not copied from one column, and is
marked unverified against the print. The figures are used as the expected shape of a body against
which a loss is counted; a site with its own films should set its own.
"""

from dataclasses import dataclass
from types import MappingProxyType

from spondyl.anatomy.levels import Level


@dataclass(frozen=True)
class HeightNorm:
    """Normal ratios of one level, each mean over bodies of that level.

    Attributes
    ----------
    anterior_posterior, middle_posterior : float
        Ha/Hp and Hm/Hp (dimensionless).
    anterior_posterior_sd, middle_posterior_sd : float
        Their standard deviations between people.
    posterior_to_below : float
        Hp of this level / Hp of the next level down (1.0 where the next is the sacrum).
    depth_to_posterior : float
        Mean of the two endplates' depth (anterior-posterior) / Hp.
    """

    anterior_posterior: float
    middle_posterior: float
    anterior_posterior_sd: float
    middle_posterior_sd: float
    posterior_to_below: float
    depth_to_posterior: float


#: Level -> norm, T8-L6.
NORMS: MappingProxyType[Level, HeightNorm] = MappingProxyType(
    {
        Level.T8: HeightNorm(0.94, 0.94, 0.05, 0.05, 0.98, 1.30),
        Level.T9: HeightNorm(0.95, 0.94, 0.05, 0.05, 0.97, 1.29),
        Level.T10: HeightNorm(0.96, 0.94, 0.05, 0.05, 0.96, 1.28),
        Level.T11: HeightNorm(0.95, 0.93, 0.05, 0.05, 0.95, 1.26),
        Level.T12: HeightNorm(0.95, 0.93, 0.05, 0.05, 0.95, 1.24),
        Level.L1: HeightNorm(0.96, 0.92, 0.05, 0.05, 0.98, 1.22),
        Level.L2: HeightNorm(0.99, 0.92, 0.05, 0.05, 1.01, 1.24),
        Level.L3: HeightNorm(1.02, 0.93, 0.05, 0.05, 1.03, 1.28),
        Level.L4: HeightNorm(1.06, 0.95, 0.06, 0.06, 1.07, 1.36),
        Level.L5: HeightNorm(1.13, 0.98, 0.07, 0.06, 1.00, 1.48),
        Level.L6: HeightNorm(1.13, 0.98, 0.07, 0.06, 1.00, 1.48),
    }
)

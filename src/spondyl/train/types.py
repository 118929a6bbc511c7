"""What flows from the data to the loops."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: One sample: arrays (or NumPy scalars) by name.
Sample = dict[str, Any]
FloatImage = NDArray[np.float32]

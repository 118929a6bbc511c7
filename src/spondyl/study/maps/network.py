"""A film network in its file: what it maps, for what input size, at what stride."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class MapNetwork:
    """One exported film network; its input size and stride are told by the file itself.

    Parameters
    ----------
    file : Path
        ONNX, as ``spondyl export`` writes it.
    threads : int
    """

    def __init__(self, file: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        content = Path(file).read_bytes()
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        height, width = self._session.get_inputs()[0].shape[2:]
        self.size_px = (int(width), int(height))
        outputs = {one.name: one.shape for one in self._session.get_outputs()}
        self.outputs = tuple(outputs)
        self.stride = round(int(height) / int(next(iter(outputs.values()))[2]))

    def run(self, channels: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Maps of one film's channels (2, H, W), by task, each (channels, h, w)."""
        answers = self._session.run(list(self.outputs), {"film": channels[None]})
        return {name: answer[0] for name, answer in zip(self.outputs, answers, strict=True)}

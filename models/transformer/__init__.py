"""The multi-task transformer (多任务模型) at work: text in, calibrated labels and passages out, on ONNX Runtime."""

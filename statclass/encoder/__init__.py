"""The accurate model: a small sentence transformer, fine-tuned on the corpus, run by onnxruntime."""

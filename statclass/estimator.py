"""What scikit-learn wants of an estimator, without importing scikit-learn until it asks."""

from __future__ import annotations

import inspect
from typing import Any, Self

from statclass.errors import InputError


class Estimator:
    """Settings by constructor signature, as in ``sklearn.base.BaseEstimator``."""

    _estimator_type: str

    @classmethod
    def _settings(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name."""
        return {name: getattr(self, name) for name in self._settings()}

    def set_params(self, **params: Any) -> Self:
        """Change settings; returns self. Raises InputError for a name that is no setting."""
        for name, value in params.items():
            if name not in self._settings():
                known = ", ".join(self._settings())
                raise InputError(f"{type(self).__name__} has no setting {name!r}; it has {known}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({settings})"

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags, TransformerTags

        classifies = self._estimator_type == "classifier"
        return Tags(
            estimator_type="classifier" if classifies else None,
            target_tags=TargetTags(required=classifies),
            transformer_tags=None if classifies else TransformerTags(),
            classifier_tags=ClassifierTags() if classifies else None,
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )

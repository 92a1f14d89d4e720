// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "morgana/archive.hpp"
#include "morgana/context.hpp"

namespace morgana::networks {

struct ClassifierShape {
  std::int64_t channels = 1, height = 1, width = 1;  ///< of an example; height 1 for a series
  std::int64_t classes = 2;
  std::int64_t features = 128;  ///< width of the last hidden layer
};

/// A small convolutional classifier: 3x3 (or 1x3) convolutions to 32 and 64 channels, average pooling down to at most
/// 64 places, a hidden layer of `features`, and one output a class; ReLU throughout.
///
/// He's initialisation (arXiv:1502.01852) from counter-based noise: equal seeds give equal weights on every device.
class Classifier {
 public:
  Classifier(const ClassifierShape& shape, std::uint64_t seed, at::Device device);

  /// The hidden layer after its ReLU, `[rows features]`, of examples `[rows channels height width]`.
  at::Tensor features(const at::Tensor& examples) const;
  /// `[rows classes]`.
  at::Tensor logits(const at::Tensor& features) const;

  std::vector<at::Tensor>& parameters() noexcept { return parameters_; }
  /// By name: `first`, `second`, `hidden` and `answer`, each with `.weight` and `.bias`.
  std::map<std::string, Array> weights() const;
  /// Takes the values of `weights`; throws `Error` where one is missing or has another shape.
  void load(const std::map<std::string, Array>& weights);
  /// XXH3 of all weights, 16 hexadecimal digits: names this very network.
  std::string fingerprint() const;

 private:
  ClassifierShape shape_;
  std::vector<at::Tensor> parameters_;  ///< weight and bias of each of the four layers
};

struct Training {
  std::int64_t steps = 1000, batch = 128;
  double rate = 1e-3;  ///< Adam's largest step, falling to 0 along a cosine
  std::uint64_t seed = 0;
};

/// Rows of the training examples on the classifier's device.
using Examples = std::function<at::Tensor(const std::vector<std::size_t>& rows)>;

/// Minimises the cross-entropy; every pass goes through all rows once, shuffled. Returns the mean loss of the last
/// tenth of the steps.
double train(Classifier& classifier, const Examples& examples, const std::vector<std::int32_t>& labels,
             const Training& training, at::Device device, Context& context);

}  // namespace morgana::networks

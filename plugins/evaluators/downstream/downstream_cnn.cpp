// SPDX-License-Identifier: Apache-2.0
// evaluate.downstream-cnn: what a small convolutional network learns from synthetic traces.
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "downstream_stage.hpp"
#include "morgana/tensor.hpp"
#include "networks/classifier.hpp"

namespace morgana::downstream {
namespace {

constexpr std::int64_t kBatch = 128;

/// Brings each channel to about unit size: times as log1p(microseconds), then divided by the root mean square of the
/// rows trained on. Not centred, so that the zeros behind a trace's end stay zeros.
class Scaling {
 public:
  Scaling(const Features& features, std::vector<std::string> units) : units_(std::move(units)), scale_(units_.size()) {
    const auto packets = features.columns / units_.size();
    for (std::size_t channel = 0; channel < units_.size(); ++channel) {
      double squares = 0;
      for (std::size_t row = 0; row < features.rows(); ++row)
        for (std::size_t i = 0; i < packets; ++i)
          squares += std::pow(raw(channel, features.row(row)[channel * packets + i]), 2.0);
      const double mean = squares / static_cast<double>(features.rows() * packets);
      // A channel that is always zero says nothing: it stays zero when asked about, too.
      scale_[channel] = mean > 0 ? static_cast<float>(1 / std::sqrt(mean)) : 0.0f;
    }
  }

  /// `[rows channels 1 packets]`.
  at::Tensor tensor(const Features& features, at::Device device) const {
    const auto packets = features.columns / units_.size();
    auto values = features.values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto channel = i % features.columns / packets;
      values[i] = raw(channel, values[i]) * scale_[channel];
    }
    return at::tensor(values)
        .reshape({static_cast<std::int64_t>(features.rows()), static_cast<std::int64_t>(units_.size()), 1,
                  static_cast<std::int64_t>(packets)})
        .to(device);
  }

 private:
  float raw(std::size_t channel, float value) const {
    return units_[channel] == "s" ? std::copysign(std::log1p(std::abs(value) * 1e6f), value) : value;
  }
  std::vector<std::string> units_;
  std::vector<float> scale_;
};

at::Tensor rows_of(const at::Tensor& values, const std::vector<std::size_t>& rows) {
  return values.index_select(0, at::tensor(std::vector<std::int64_t>(rows.begin(), rows.end())).to(values.device()));
}

class DownstreamCnn final : public DownstreamStage {
  Param<int> steps{
      *this,
      "steps",
      {.value = 1500, .min = 1, .doc = "Training steps of each classifier, the same however many traces it is given."}};
  Accelerated accelerated{*this};

  void run(Context& context) override {
    const ThreadScope threads(context.threads());
    DownstreamStage::run(context);
  }

  Classifier classifier(Context& context) override {
    const auto device = torch_device(context);
    const auto train_and_predict = [&context, device, units = channel_units(), steps = *steps](
                                       const Features& features, const std::vector<std::int32_t>& labels,
                                       std::size_t classes, const std::vector<const Features*>& questions,
                                       std::uint64_t seed) {
      const Scaling scaling(features, units);
      const auto examples = scaling.tensor(features, device);
      networks::Classifier network({examples.size(1), 1, examples.size(3), static_cast<std::int64_t>(classes)}, seed,
                                   device);
      networks::train(
          network, [&](const std::vector<std::size_t>& rows) { return rows_of(examples, rows); }, labels,
          {.steps = steps, .batch = kBatch, .seed = seed}, device, context);
      const at::NoGradGuard no_gradient;
      std::vector<std::vector<std::int32_t>> answers;
      for (const auto* question : questions) {
        auto& answer = answers.emplace_back();
        if (question->rows() == 0) continue;
        for (const auto& part : scaling.tensor(*question, device).split(1024)) {
          const auto labels_of_part = network.logits(network.features(part)).argmax(1).to(at::kCPU);
          const auto* values = labels_of_part.const_data_ptr<std::int64_t>();
          answer.insert(answer.end(), values, values + labels_of_part.numel());
        }
      }
      return answers;
    };
    return {"evaluate.downstream-cnn", "cnn", train_and_predict,
            fmt::format("two convolutions over time (32 and 64 channels, width 3), a hidden layer of 128; Adam, {} "
                        "steps of {} whatever the protocol; "
                        "times as log1p(microseconds), each channel divided by its root mean square",
                        *steps, kBatch)};
  }
};

}  // namespace
}  // namespace morgana::downstream

MORGANA_PLUGIN("downstream-cnn", "1.0.0", "What a small convolutional network learns from synthetic traces.",
               morgana::stage<morgana::downstream::DownstreamCnn>(
                   "evaluate.downstream-cnn",
                   "TRTR, TSTR, TRTS, augmentation and few-real with a 1-D convolutional network."));

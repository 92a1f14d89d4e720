// SPDX-License-Identifier: Apache-2.0
#include "train_ddpm.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "configuration.hpp"
#include "morgana/random.hpp"
#include "morgana/tensor.hpp"
#include "objective.hpp"
#include "training/batch_order.hpp"
#include "training/loop.hpp"
#include "training/optimizer.hpp"
#include "training/training_images.hpp"

namespace morgana::ddpm {
namespace {

// Independent streams of random numbers; samples are numbered by their draw.
enum Stream : std::uint64_t { kWeights, kOrder, kDraws, kDropout };
enum Element : std::uint32_t { kTimestepOf, kNoiseOf, kLabelOf };

/// By the processor's instructions and not by a timing, which would make a result depend on the machine's load.
bool fast_bf16_cpu() { return __builtin_cpu_supports("avx512bf16") != 0; }

std::vector<std::int64_t> draw_timesteps(std::uint64_t seed, std::span<const std::uint64_t> samples, std::int64_t steps,
                                         bool stratified) {
  std::vector<std::int64_t> drawn;
  const auto count = static_cast<double>(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double uniform = Random(seed, samples[i], kTimestepOf).uniform(0);
    const double place = stratified ? (static_cast<double>(i) + uniform) / count : uniform;
    drawn.push_back(std::min(steps - 1, static_cast<std::int64_t>(place * static_cast<double>(steps))));
  }
  return drawn;
}

}  // namespace

void TrainDdpm::run(Context& context) {
  const ThreadScope threads(context.threads());
  const auto device = torch_device(context);
  const training::TrainingImages data(*images, context);
  const auto shape = images->shape();

  Configuration configuration;
  configuration.schedule = schedule->text;
  configuration.diffusion_steps = *diffusion_steps;
  configuration.prediction = prediction_of(prediction->text);
  configuration.variance = variance_of(variance->text);
  configuration.label_dropout = *label_dropout > 0;
  const auto channel_count = static_cast<std::size_t>(shape.channels);
  configuration.mean.assign(channel_count, 0), configuration.deviation.assign(channel_count, 1);
  if (*standardise) data.moments(configuration.mean, configuration.deviation);
  const auto classes = static_cast<std::int64_t>(images->class_names().size());
  configuration.unet = {.in_channels = shape.channels,
                        .out_channels = shape.channels * (*variance == "learned-range" ? 2 : 1),
                        .height = shape.height,
                        .width = shape.width,
                        .classes = classes + (configuration.label_dropout ? 1 : 0),
                        .channels = *channels,
                        .multipliers = *multipliers,
                        .residual_blocks = *residual_blocks,
                        .attention = *attention,
                        .heads = *heads,
                        .groups = *groups,
                        .dropout = *dropout};
  training::ParameterList parameters(mix_seed(*seed, kWeights), device);
  const UNet network(configuration.unet, parameters);
  if (!initial->path.empty()) parameters.load(Archive::read(initial->path).arrays);
  training::FlatParameters flat(parameters);
  context.log().info("U-Net of {} parameters in {} tensors", parameters.elements(), parameters.size());

  const Objective objective(configuration, *min_snr_gamma, device);
  const bool bf16 = *precision == "bf16" || (*precision == "auto" && (!device.is_cpu() || fast_bf16_cpu()));
  const auto options = at::TensorOptions(at::kFloat).device(device);
  const auto mean = at::tensor(configuration.mean, at::kDouble).to(options).view({1, -1, 1, 1});
  const auto deviation = at::tensor(configuration.deviation, at::kDouble).to(options).view({1, -1, 1, 1});
  training::BatchOrder order(mix_seed(*seed, kOrder), data.rows(), static_cast<std::size_t>(*batch));
  const std::uint64_t draws = mix_seed(*seed, kDraws);

  const auto one_step = [&](std::int64_t step, double fraction) -> std::vector<at::Tensor> {
    const auto rows = order.rows(step);
    std::vector<std::uint64_t> samples(rows.size());
    std::vector<std::int64_t> labels(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      samples[i] = static_cast<std::uint64_t>(step) * rows.size() + i;
      labels[i] = images->labels()[rows[i]];
      if (configuration.label_dropout && Random(draws, samples[i], kLabelOf).uniform(0) < *label_dropout)
        labels[i] = classes;
    }
    const auto clean = (image_batch(*images, rows, device) - mean) / deviation;
    const auto timesteps =
        at::tensor(draw_timesteps(draws, samples, *diffusion_steps, *this->timesteps == "stratified")).to(device);
    const auto noise = normal_noise(draws, samples, kNoiseOf, clean.sizes().slice(1), device);
    const auto noised = objective.noisy(clean, noise, timesteps);
    DropoutNoise dropout_noise;
    if (*dropout > 0)
      dropout_noise = [&, layer = std::uint32_t{0}](at::IntArrayRef sizes) mutable {
        const std::vector<std::uint64_t> one{static_cast<std::uint64_t>(step)};
        return training::uniform_noise(mix_seed(*seed, kDropout), one, layer++, sizes, device).squeeze(0);
      };
    const auto output = network(noised, timesteps.to(at::kFloat), at::tensor(labels).to(device),
                                bf16 ? at::kBFloat16 : at::kFloat, dropout_noise);
    const auto loss = objective(output, clean, noise, noised, timesteps);
    loss.total.backward();
    const double rate = *learning_rate * training::rate_factor(step + 1, *warm_up, fraction, *decay == "cosine");
    training::optimize(flat, {.rate = rate, .weight_decay = *weight_decay, .clip = *clip}, step + 1,
                       training::average_decay_at(step + 1, *ema, *ema_warm_up));
    return {loss.squared_error, loss.total.detach()};
  };
  training::Loop loop(context, {*steps, *minutes, *checkpoint_seconds}, {{"unet", &flat}}, {"loss", "loss with bound"});
  loop.run(one_step);

  Model trained;
  trained.kind = "ddpm";
  trained.configuration = configuration.json();
  trained.weights = flat.average_weights();
  trained.codec = images->codec();
  trained.class_names = images->class_names();
  trained.class_counts = data.class_counts();
  trained.curves = loop.curves();
  if (configuration.variance != Variance::kLearnedRange) trained.curves.pop_back();
  trained.facts = {{"parameters", static_cast<double>(parameters.elements())},
                   {"steps", static_cast<double>(loop.steps_done())},
                   {"batch", static_cast<double>(*batch)}};
  model = std::move(trained);
}

}  // namespace morgana::ddpm

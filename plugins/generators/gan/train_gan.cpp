// SPDX-License-Identifier: Apache-2.0
#include "train_gan.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include "morgana/random.hpp"
#include "morgana/tensor.hpp"
#include "networks.hpp"
#include "penalty.hpp"
#include "training/batch_order.hpp"
#include "training/loop.hpp"
#include "training/optimizer.hpp"
#include "training/training_images.hpp"

namespace morgana::gan {
namespace {

// Independent streams of random numbers; samples are numbered by their draw.
enum Stream : std::uint64_t { kGeneratorWeights, kCriticWeights, kOrder, kDraws };
enum Element : std::uint32_t { kLatentOf, kShareOf };

/// What one update of a network is computed from.
struct Batch {
  std::vector<std::size_t> rows;
  std::vector<std::uint64_t> samples;
  at::Tensor labels, latent;
};

void require_gradients(const training::ParameterList& list, bool required) {
  for (at::Tensor tensor : list.tensors()) tensor.requires_grad_(required);
}

}  // namespace

void TrainGan::run(Context& context) {
  const ThreadScope threads(context.threads());
  const auto device = torch_device(context);
  const training::TrainingImages data(*images, context);
  const auto shape = images->shape();
  const Configuration configuration{.image_channels = shape.channels,
                                    .height = shape.height,
                                    .width = shape.width,
                                    .classes = static_cast<std::int64_t>(images->class_names().size()),
                                    .latent = *latent,
                                    .channels = *channels,
                                    .levels = *levels};
  training::ParameterList generator_list(mix_seed(*seed, kGeneratorWeights), device);
  training::ParameterList critic_list(mix_seed(*seed, kCriticWeights), device);
  const Generator generator(configuration, generator_list);
  const Critic critic(configuration, critic_list);
  training::FlatParameters generator_flat(generator_list), critic_flat(critic_list);
  context.log().info("generator of {} parameters, critic of {}", generator_list.elements(), critic_list.elements());

  training::BatchOrder order(mix_seed(*seed, kOrder), data.rows(), static_cast<std::size_t>(*batch));
  const std::uint64_t draws = mix_seed(*seed, kDraws);
  const auto draw = [&](std::int64_t update) {
    Batch result{order.rows(update), {}, {}, {}};
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
      result.samples.push_back(static_cast<std::uint64_t>(update) * result.rows.size() + i);
      labels.push_back(images->labels()[result.rows[i]]);
    }
    result.labels = at::tensor(labels).to(device);
    result.latent = normal_noise(draws, result.samples, kLatentOf, {*latent}, device);
    return result;
  };

  const auto one_step = [&](std::int64_t step, double fraction) -> std::vector<at::Tensor> {
    const double rate = *learning_rate * training::rate_factor(step + 1, 0, fraction, *decay == "cosine");
    const training::AdamW adam{.rate = rate, .beta1 = *beta1, .beta2 = *beta2};
    const std::int64_t updates = *critic_steps + 1;
    at::Tensor distance, excess;
    for (std::int64_t i = 0; i < *critic_steps; ++i) {
      const auto drawn = draw(step * updates + i);
      const auto real = image_batch(*images, drawn.rows, device);
      at::Tensor fake;
      {
        const at::NoGradGuard no_gradient;
        fake = generator(drawn.latent, drawn.labels);
      }
      const auto share = training::uniform_noise(draws, drawn.samples, kShareOf, {1, 1, 1}, device);
      const auto score = [&](const at::Tensor& of) { return critic(of, drawn.labels); };
      const auto apart = score(real).mean() - score(fake).mean();
      const auto steep = gradient_penalty(score, real, fake, share);
      (*penalty * steep - apart).backward();
      training::optimize(critic_flat, adam, step * *critic_steps + i + 1, 1);
      distance = apart.detach(), excess = steep.detach();
    }
    const auto drawn = draw(step * updates + *critic_steps);
    require_gradients(critic_list, false);
    (-critic(generator(drawn.latent, drawn.labels), drawn.labels).mean()).backward();
    require_gradients(critic_list, true);
    training::optimize(generator_flat, adam, step + 1, training::average_decay_at(step + 1, *ema, *ema_warm_up));
    return {distance, excess};
  };
  training::Loop loop(context, {*steps, *minutes, *checkpoint_seconds},
                      {{"generator", &generator_flat}, {"critic", &critic_flat}},
                      {"Wasserstein estimate", "gradient penalty"});
  loop.run(one_step);

  Model trained;
  trained.kind = "gan";
  trained.configuration = configuration.json();
  trained.weights = generator_flat.average_weights();
  trained.codec = images->codec();
  trained.class_names = images->class_names();
  trained.class_counts = data.class_counts();
  trained.curves = loop.curves();
  trained.facts = {{"parameters", static_cast<double>(generator_list.elements())},
                   {"critic parameters", static_cast<double>(critic_list.elements())},
                   {"steps", static_cast<double>(loop.steps_done())},
                   {"batch", static_cast<double>(*batch)}};
  model = std::move(trained);
}

}  // namespace morgana::gan

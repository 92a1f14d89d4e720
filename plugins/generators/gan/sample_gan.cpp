// SPDX-License-Identifier: Apache-2.0
#include "sample_gan.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "morgana/tensor.hpp"
#include "networks.hpp"

namespace morgana::gan {

void SampleGan::run(Context& context) {
  const ThreadScope threads(context.threads());
  const at::NoGradGuard no_gradient;
  const auto device = torch_device(context);
  model->check_kind("gan");
  const auto configuration = Configuration::from_json(model->configuration);
  training::ParameterList parameters(0, device);
  const Generator generator(configuration, parameters);
  parameters.load(model->weights);

  const auto labels = classes.labels(*model, context);
  const std::size_t each = model->codec->shape().pixels();
  std::vector<float> pixels(labels.size() * each);
  for (std::size_t start = 0; start < labels.size(); start += static_cast<std::size_t>(*batch)) {
    context.check_stop();
    const auto count = std::min(static_cast<std::size_t>(*batch), labels.size() - start);
    std::vector<std::uint64_t> samples(count);
    std::iota(samples.begin(), samples.end(), start);
    const auto first = labels.begin() + static_cast<std::ptrdiff_t>(start);
    const auto classes =
        at::tensor(std::vector<std::int64_t>(first, first + static_cast<std::ptrdiff_t>(count))).to(device);
    const auto drawn =
        generator(normal_noise(*seed, samples, 0, {configuration.latent}, device), classes).to(at::kCPU).contiguous();
    std::copy_n(drawn.const_data_ptr<float>(), drawn.numel(),
                pixels.begin() + static_cast<std::ptrdiff_t>(start * each));
    context.progress({start + count, labels.size(), "images", ""});
  }
  images = Images(std::move(pixels), NameColumn{model->class_names, labels}, model->codec);
}

}  // namespace morgana::gan

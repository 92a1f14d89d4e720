// SPDX-License-Identifier: Apache-2.0
#include "sample_ddpm.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <numeric>

#include "configuration.hpp"
#include "morgana/tensor.hpp"
#include "sampler.hpp"

namespace morgana::ddpm {

void SampleDdpm::run(Context& context) {
  const ThreadScope threads(context.threads());
  const at::NoGradGuard no_gradient;
  const auto device = torch_device(context);
  model->check_kind("ddpm");
  const auto configuration = Configuration::from_json(model->configuration);
  if (*guidance != 1 && !configuration.label_dropout)
    throw Error("guidance {} needs a model that was trained with label_dropout above 0", *guidance);
  training::ParameterList parameters(0, device);
  const UNet network(configuration.unet, parameters);
  parameters.load(model->weights);

  auto schedule = make_schedule(configuration.schedule, configuration.diffusion_steps);
  if (*steps > 0 && *steps < configuration.diffusion_steps)
    schedule = respaced(schedule, *spacing == "log-snr" ? log_snr_steps(schedule, *steps)
                                  : *spacing == "even"  ? even_steps(configuration.diffusion_steps, *steps)
                                                        : whole_stride_steps(configuration.diffusion_steps, *steps));
  else if (*steps > configuration.diffusion_steps)
    throw Error("{} sampling steps are more than the model's {}", *steps, configuration.diffusion_steps);

  const auto options = at::TensorOptions(at::kFloat).device(device);
  const auto mean = at::tensor(configuration.mean, at::kDouble).to(options).view({1, -1, 1, 1});
  const auto deviation = at::tensor(configuration.deviation, at::kDouble).to(options).view({1, -1, 1, 1});
  SamplerSettings settings{.method = *sampler == "ddim"     ? Method::kDdim
                                     : *sampler == "solver" ? Method::kSolver
                                                            : Method::kAncestral,
                           .prediction = configuration.prediction,
                           .variance = configuration.variance,
                           .eta = *eta,
                           .low = {},
                           .high = {}};
  if (*clip) settings.low = (-1 - mean) / deviation, settings.high = (1 - mean) / deviation;
  const auto torso = *precision == "bf16" || (*precision == "auto" && !device.is_cpu()) ? at::kBFloat16 : at::kFloat;

  const auto labels = this->classes.labels(*model, context);
  const auto shape = model->codec->shape();
  std::vector<float> pixels(labels.size() * shape.pixels());
  for (std::size_t start = 0; start < labels.size(); start += static_cast<std::size_t>(*batch)) {
    const auto count = std::min(static_cast<std::size_t>(*batch), labels.size() - start);
    std::vector<std::uint64_t> samples(count);
    std::iota(samples.begin(), samples.end(), start);
    const auto classes =
        at::tensor(std::vector<std::int64_t>(labels.begin() + static_cast<std::ptrdiff_t>(start),
                                             labels.begin() + static_cast<std::ptrdiff_t>(start + count)))
            .to(device);
    const auto nothing = at::full_like(classes, configuration.unet.classes - 1);
    const auto denoise = [&](const at::Tensor& noised, std::int64_t timestep) {
      const auto timesteps = at::full({noised.size(0)}, static_cast<double>(timestep), options);
      const auto output = network(noised, timesteps, classes, torso);
      if (*guidance == 1) return output;
      const auto without = network(noised, timesteps, nothing, torso);
      auto guided = output.clone();  // the variance stays the conditional one
      const auto prediction = [&](const at::Tensor& of) { return of.narrow(1, 0, shape.channels); };
      prediction(guided).copy_(prediction(without) + *guidance * (prediction(output) - prediction(without)));
      return guided;
    };
    const auto after_step = [&](std::size_t done) {
      context.check_stop();
      context.progress({start + count * done / schedule.steps(), labels.size(), "images", ""});
    };
    const std::vector<std::int64_t> sizes{shape.channels, shape.height, shape.width};
    const auto drawn = draw(schedule, settings, denoise, *seed, samples, sizes, device, after_step);
    const auto batch_pixels = (drawn * deviation + mean).clamp(-1, 1).to(at::kCPU).contiguous();
    std::copy_n(batch_pixels.const_data_ptr<float>(), batch_pixels.numel(),
                pixels.begin() + static_cast<std::ptrdiff_t>(start * shape.pixels()));
  }
  images = Images(std::move(pixels), NameColumn{model->class_names, labels}, model->codec);
}

}  // namespace morgana::ddpm

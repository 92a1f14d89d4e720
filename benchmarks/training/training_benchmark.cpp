// SPDX-License-Identifier: Apache-2.0
// Times of a training step and of its optimizer on the CPU, one JSON line each:
//   morgana_training_benchmark [threads] [repeats] [case] [state file]
// The state file, safetensors, gets the network's weights, its input and its output, for a peer to load.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "morgana/tensor.hpp"
#include "training/optimizer.hpp"
#include "unet.hpp"

namespace {

using morgana::ddpm::UNet;
using morgana::ddpm::UNetConfiguration;
using morgana::training::FlatParameters;
using morgana::training::ParameterList;

template <typename Work>
double median_milliseconds(int repeats, Work work) {
  std::vector<double> times;
  for (int i = 0; i < repeats + 1; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  times.erase(times.begin());  // the first one warms up
  std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
  return times[static_cast<std::size_t>(repeats / 2)];
}

struct Case {
  const char* name;
  UNetConfiguration unet;
  std::int64_t batch;
};

void measure(const Case& c, int repeats, const char* state) {
  ParameterList list(1);
  const UNet network(c.unet, list);
  if (state != nullptr)  // the last layers start at zero, and an output of zeros would compare nothing
    for (const auto& tensor : list.tensors()) tensor.detach().add_(0.02);
  FlatParameters flat(list);
  std::vector<std::uint64_t> samples(static_cast<std::size_t>(c.batch));
  std::iota(samples.begin(), samples.end(), 0);
  const auto images = morgana::normal_noise(1, samples, 0, {c.unet.in_channels, c.unet.height, c.unet.width}, at::kCPU);
  const auto steps = at::full({c.batch}, 500.0f), labels = at::zeros({c.batch}, at::kLong);
  if (state != nullptr) {
    const at::NoGradGuard no_gradient;
    morgana::Archive archive;
    for (std::size_t i = 0; i < list.size(); ++i)
      archive.arrays[list.names()[i]] = morgana::to_array(list.tensors()[i].detach());
    archive.arrays["input.images"] = morgana::to_array(images);
    archive.arrays["input.steps"] = morgana::to_array(steps);
    archive.arrays["input.labels"] = morgana::to_array(labels);
    archive.arrays["output"] = morgana::to_array(network(images, steps, labels).contiguous());
    archive.write(state);
  }
  const auto forward_backward = [&] { network(images, steps, labels).square().mean().backward(); };
  std::int64_t step = 0;
  const double network_time = median_milliseconds(repeats, forward_backward);
  const double ours = median_milliseconds(10 * repeats, [&] { morgana::training::optimize(flat, {}, ++step, 0.999); });

  std::vector<at::Tensor> parameters, averages;
  for (const auto& tensor : list.tensors()) {
    parameters.push_back(tensor.detach().clone().requires_grad_(true));
    parameters.back().mutable_grad() = tensor.grad().clone();
    averages.push_back(tensor.detach().clone());
  }
  torch::optim::AdamW peer(parameters, torch::optim::AdamWOptions(1e-4));
  const double theirs = median_milliseconds(10 * repeats, [&] {
    const at::NoGradGuard no_gradient;
    peer.step();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      averages[i].lerp_(parameters[i], 0.001);
      parameters[i].grad().zero_();
    }
  });
  // One pass reads and writes parameters, gradients, two moments and the average: 40 bytes a parameter.
  auto a = at::zeros({list.elements() * 5}), b = at::zeros({list.elements() * 5});
  const double copy = median_milliseconds(10 * repeats, [&] { b.copy_(a); });
  std::printf(
      "{\"case\": \"%s\", \"parameters\": %lld, \"tensors\": %zu, \"batch\": %lld, \"threads\": %d, "
      "\"forward_backward_ms\": %.3f, \"optimizer_ms\": %.4f, \"torch_optimizer_ms\": %.4f, \"copy_ms\": %.4f}\n",
      c.name, static_cast<long long>(list.elements()), list.size(), static_cast<long long>(c.batch),
      at::get_num_threads(), network_time, ours, theirs, copy);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const morgana::ThreadScope threads(count > 1 ? std::atoi(arguments[1]) : 1);
  const int repeats = count > 2 ? std::atoi(arguments[2]) : 5;
  UNetConfiguration dispatch{.in_channels = 1, .out_channels = 2, .height = 8, .width = 8, .classes = 16};
  UNetConfiguration video{.in_channels = 2, .out_channels = 4, .height = 10, .width = 10, .classes = 16};
  UNetConfiguration small{
      .in_channels = 1, .out_channels = 2, .height = 32, .width = 32, .classes = 16, .multipliers = {1, 2, 2}};
  const Case cases[]{{"8x8, batch 4", dispatch, 4}, {"10x10, batch 256", video, 256}, {"32x32, batch 16", small, 16}};
  const int wanted = count > 3 ? std::atoi(arguments[3]) : -1;
  for (int i = 0; i < 3; ++i)
    if (wanted < 0 || wanted == i) measure(cases[i], repeats, count > 4 ? arguments[4] : nullptr);
}

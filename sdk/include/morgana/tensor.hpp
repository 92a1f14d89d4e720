// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>

#include "morgana/archive.hpp"
#include "morgana/context.hpp"
#include "morgana/images.hpp"

namespace morgana {

/// A CPU tensor over an array's memory, without a copy; the tensor keeps the memory alive. Do not write to it.
MORGANA_API at::Tensor to_tensor(const Array& array);

/// The array of a tensor: its own memory where it is contiguous on the CPU, a copy otherwise.
MORGANA_API Array to_array(const at::Tensor& tensor);

/// Opens libtorch_cuda once a process; returns "" when a GPU is there, else why not, and the remedy.
MORGANA_API const std::string& cuda_fault();

/// The device that a node asks for. Throws `Error` with the cause where a GPU is asked for and there is none.
MORGANA_API at::Device torch_device(const Context& context);

/// Images of some rows on a device, `[rows channels height width]` float32 in [-1, 1].
MORGANA_API at::Tensor image_batch(const Images& images, std::span<const std::size_t> rows, at::Device device);

/// Standard normal noise `[samples.size() ...shape]`, float32: row i is a function of (seed, samples[i], step) alone.
MORGANA_API at::Tensor normal_noise(std::uint64_t seed, std::span<const std::uint64_t> samples, std::uint32_t step,
                                    at::IntArrayRef shape, at::Device device);

/// Sets the size of LibTorch's thread team for its life, and deterministic algorithms.
class MORGANA_API ThreadScope {
 public:
  explicit ThreadScope(int threads);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;
};

}  // namespace morgana

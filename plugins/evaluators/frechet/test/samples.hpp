// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/tensor.hpp"
#include "morgana/testing.hpp"
#include "test_environment.hpp"

namespace morgana::frechet {

/// Independent standard normal features `[count columns]`, float64.
inline at::Tensor normal(std::int64_t count, std::int64_t columns, std::uint64_t seed) {
  const std::vector<std::uint64_t> sample{0};
  return normal_noise(seed, sample, 0, {count, columns}, at::kCPU).squeeze(0).to(at::kDouble);
}

/// What a Python script of this folder makes of two samples; empty where there is no Python to ask.
inline std::vector<double> python_answer(const std::string& script, const at::Tensor& first, const at::Tensor& second) {
  const std::filesystem::path folder = std::filesystem::path(MORGANA_SOURCE_DIR) / "plugins/evaluators/frechet/test",
                              python = testing::oracle_python();
  if (!std::filesystem::exists(python)) return {};
  const testing::TestContext scratch;
  Archive archive;
  archive.arrays["first"] = to_array(first);
  archive.arrays["second"] = to_array(second);
  archive.write(scratch.root() / "samples.safetensors");
  const auto command = fmt::format("{} {} {}", python.string(), (folder / script).string(), scratch.root().string());
  if (std::system(command.c_str()) != 0) throw Error("{} failed", command);
  return Archive::read(scratch.root() / "answer.safetensors").array("answer").to_vector<double>();
}

}  // namespace morgana::frechet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace morgana::host {

/// What a run record says of the machine.
struct Machine {
  std::string processor;     ///< "AMD EPYC 7763 64-Core Processor"
  int threads = 1;           ///< that this process may keep busy
  std::uint64_t memory = 0;  ///< bytes
  std::string system;        ///< "Linux 6.1.0-18-amd64"
};
Machine this_machine();

/// Hardware threads this process may keep busy: its affinity, bounded by its control group's CPU quota.
int available_threads();

/// Memory of this process that is in RAM, in bytes.
std::uint64_t resident_bytes();

/// GPUs that NVIDIA's driver offers to this process, and whether LibTorch can use them.
struct Gpus {
  std::vector<std::string> names;
  std::string fault;     ///< why there is none: "libcuda.so.1 is not there: no NVIDIA driver is installed"
  std::string unusable;  ///< why LibTorch cannot use those that are there; "" where it can
  bool usable() const noexcept { return !names.empty() && unusable.empty(); }
};
/// Looks once. Opens the driver, and LibTorch in a child process only; so call it before threads are started.
const Gpus& gpus();

}  // namespace morgana::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace morgana::host {

/// Both look at LibTorch from a child process, so that none of it comes into this one; call them before threads are
/// started.

struct LibTorchProbe {
  std::string folder;  ///< the one this build was linked against; "" where it was built without
  std::string fault;   ///< why its CPU part cannot be used; "" where it can
};
LibTorchProbe probe_libtorch();

/// Why LibTorch's CUDA part cannot be opened, NVIDIA's libraries not being there for instance; "" where it can.
std::string libtorch_cuda_fault();

}  // namespace morgana::host

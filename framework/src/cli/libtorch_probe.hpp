// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace morgana::host {

struct LibTorchProbe {
  std::string folder;      ///< the one this build was linked against; "" where it was built without
  std::string fault;       ///< why its CPU part cannot be used; "" where it can
  std::string cuda_fault;  ///< why its CUDA part cannot be opened; "" where it can
};

/// Looks at LibTorch from a child process, so that none of it comes into this one.
LibTorchProbe probe_libtorch();

}  // namespace morgana::host

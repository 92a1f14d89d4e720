// SPDX-License-Identifier: Apache-2.0
// A machine with NVIDIA's driver and without NVIDIA's libraries: it stands for libcuda.so.1, with one GPU, and bears
// the name of cuDNN within, so that LibTorch's CUDA part takes it for cuDNN and does not open.
#include <morgana/version.hpp>

#include <cstring>

extern "C" {
MORGANA_API int cuInit(unsigned) { return 0; }
MORGANA_API int cuDeviceGetCount(int* count) {
  *count = 1;
  return 0;
}
MORGANA_API int cuDeviceGetName(char* name, int size, int) {
  std::strncpy(name, "Abacus", static_cast<std::size_t>(size));
  return 0;
}
}

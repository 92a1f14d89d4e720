// SPDX-License-Identifier: Apache-2.0
#include "run/machine.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <optional>

#include "run/libtorch_probe.hpp"

namespace morgana::host {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// Processors that a cgroup quota amounts to; nothing where there is none.
std::optional<double> cpu_quota() {
  std::ifstream groups("/proc/self/cgroup");
  std::optional<double> least;
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::", 0) != 0) continue;
    // Every group above counts as well.
    for (std::string group = line.substr(3);;) {
      const auto limit = first_line("/sys/fs/cgroup" + group + "/cpu.max");  // "200000 100000" or "max 100000"
      double quota = 0, period = 0;
      if (std::sscanf(limit.c_str(), "%lf %lf", &quota, &period) == 2 && period > 0)
        least = std::min(least.value_or(quota / period), quota / period);
      const auto slash = group.find_last_of('/');
      if (slash == std::string::npos || group == "/") break;
      group.resize(std::max<std::size_t>(slash, 1));
    }
  }
  return least;
}

std::string processor_name() {
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown";
}

// The few functions of CUDA's driver API (cuda.h) that are asked here; its types are int-sized.
Gpus find_gpus() {
  Gpus result;
  void* driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (driver == nullptr) {
    result.fault = "libcuda.so.1 is not there: no NVIDIA driver is installed";
    return result;
  }
  const auto initialise = reinterpret_cast<int (*)(unsigned)>(::dlsym(driver, "cuInit"));
  const auto count_devices = reinterpret_cast<int (*)(int*)>(::dlsym(driver, "cuDeviceGetCount"));
  const auto name_of = reinterpret_cast<int (*)(char*, int, int)>(::dlsym(driver, "cuDeviceGetName"));
  // Before the driver is started, which a child process does not survive.
  const auto unusable = libtorch_cuda_fault();
  int count = 0;
  if (!initialise || !count_devices || !name_of) {
    result.fault = "libcuda.so.1 lacks the driver's functions";
  } else if (const int fault = initialise(0); fault != 0) {
    result.fault = fmt::format("NVIDIA's driver does not start: cuInit gives {}", fault);
  } else if (count_devices(&count) != 0 || count == 0) {
    result.fault = "NVIDIA's driver offers no GPU; see CUDA_VISIBLE_DEVICES";
  }
  for (int i = 0; i < count; ++i) {
    std::array<char, 256> name{};
    name_of(name.data(), static_cast<int>(name.size()) - 1, i);
    result.names.emplace_back(name.data());
  }
  if (count > 0) result.unusable = unusable;
  return result;  // the driver stays open: LibTorch will want it
}

}  // namespace

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int threads = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  if (const auto quota = cpu_quota()) threads = std::min(threads, static_cast<int>(std::ceil(*quota)));
  return std::max(1, threads);
}

std::uint64_t resident_bytes() {
  std::ifstream stream("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  stream >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Machine this_machine() {
  Machine machine;
  machine.processor = processor_name();
  machine.threads = available_threads();
  machine.memory =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  utsname system{};
  if (::uname(&system) == 0) machine.system = fmt::format("{} {}", system.sysname, system.release);
  return machine;
}

const Gpus& gpus() {
  static const Gpus found = find_gpus();
  return found;
}

}  // namespace morgana::host

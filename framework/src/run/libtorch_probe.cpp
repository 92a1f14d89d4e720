// SPDX-License-Identifier: Apache-2.0
#include "run/libtorch_probe.hpp"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#ifndef MORGANA_LIBTORCH_ROOT
#define MORGANA_LIBTORCH_ROOT ""
#endif

namespace morgana::host {
namespace {

/// The loader's words about a library that a child process tries to open; "" where it opens.
std::string why_not(const std::string& library) {
  int ends[2];
  if (::pipe(ends) != 0) return "cannot make a pipe";
  const pid_t child = ::fork();  // safe: no thread was started yet, and the child only opens and leaves
  if (child == 0) {
    if (::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
      const char* words = ::dlerror();
      if (words != nullptr && ::write(ends[1], words, std::strlen(words)) < 0) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string words;
  char buffer[512];
  for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    words.append(buffer, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0) return "cannot start a process";
  return words.empty() && status != 0 ? "opening it ends the process" : words;
}

}  // namespace

LibTorchProbe probe_libtorch() {
  LibTorchProbe probe;
  probe.folder = MORGANA_LIBTORCH_ROOT;
  if (probe.folder.empty()) {
    probe.fault = "this build is without LibTorch: there are no learned stages";
    return probe;
  }
  probe.fault = why_not(probe.folder + "/lib/libtorch_cpu.so");
  return probe;
}

std::string libtorch_cuda_fault() {
  const std::string folder = MORGANA_LIBTORCH_ROOT;
  if (folder.empty()) return "this build is without LibTorch";
  auto fault = why_not(folder + "/lib/libtorch_cuda.so");
  // Moved since it was built, and found as plugins will find it?
  return fault.empty() || why_not("libtorch_cuda.so").empty() ? "" : fault;
}

}  // namespace morgana::host

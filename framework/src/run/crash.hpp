// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace morgana::host {

/// From now on a crash (a bad address, an abort) first says which node, library and stage it happened in, then ends
/// the process with exit code 1. A crash cannot be survived: the process's memory may be wrong.
void install_crash_handler();

/// So many lines at the bottom of the terminal are redrawn; the report of a crash takes them away. False: a crash is
/// being reported, and nothing more may be written.
bool show_live_lines(std::size_t count);

/// Gives the calling thread a signal stack, so that an endless recursion can be reported too.
class CrashStack {
 public:
  CrashStack();
  ~CrashStack();
  CrashStack(const CrashStack&) = delete;
  CrashStack& operator=(const CrashStack&) = delete;

 private:
  std::unique_ptr<char[]> memory_;
};

/// Names what the calling thread runs during its life: `node "x": libmorgana_y.so, stage z`.
///
/// A crash in a thread that a plugin started itself names everything that was running.
class CrashName {
 public:
  explicit CrashName(std::string text);
  ~CrashName();
  CrashName(const CrashName&) = delete;
  CrashName& operator=(const CrashName&) = delete;

 private:
  std::string text_;
  const char* outer_;
  int slot_;
};

}  // namespace morgana::host

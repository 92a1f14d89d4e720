// SPDX-License-Identifier: Apache-2.0
#include "pipeline/fault.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace morgana::host {

std::vector<Fault> Faults::sorted() const {
  auto list = faults_;
  std::stable_sort(list.begin(), list.end(), [](const Fault& a, const Fault& b) {
    const bool a_is_option = a.position.line == 0, b_is_option = b.position.line == 0;
    return a_is_option != b_is_option ? b_is_option : a.position < b.position;
  });
  std::vector<Fault> unique;
  for (auto& fault : list)
    if (std::find(unique.begin(), unique.end(), fault) == unique.end()) unique.push_back(std::move(fault));
  return unique;
}

std::string sentence(const Fault& fault) {
  return fault.node.empty() ? fault.text : fmt::format("node \"{}\": {}", fault.node, fault.text);
}

PipelineFault::PipelineFault(std::filesystem::path file, std::vector<std::string> overrides, const Faults& faults)
    : Error(fmt::format("{} cannot be run", file.string())),
      file_(std::move(file)),
      overrides_(std::move(overrides)),
      faults_(faults.sorted()) {}

std::string PipelineFault::place(const Fault& fault) const {
  if (fault.position.line == 0) {
    const auto index = static_cast<std::size_t>(fault.position.column - 1);
    return "--set " + (index < overrides_.size() ? overrides_[index] : "");
  }
  return fmt::format("{}:{}:{}", file_.string(), fault.position.line, fault.position.column);
}

}  // namespace morgana::host

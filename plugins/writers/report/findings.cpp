// SPDX-License-Identifier: Apache-2.0
#include "findings.hpp"

#include <algorithm>

namespace morgana::report {

std::string short_name(const std::string& value) {
  const auto dot = value.rfind('.');
  const bool stage_like = dot != std::string::npos && dot > 0 &&
                          std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(dot),
                                      [](unsigned char c) { return std::islower(c) || c == '-'; });
  return stage_like ? value.substr(dot + 1) : value;
}

std::string label_of(const Variables& variables) {
  std::string label;
  for (const auto& [name, value] : variables) label += (label.empty() ? "" : " · ") + short_name(value);
  return label.empty() ? "result" : label;
}

std::size_t Findings::contender(const Variables& variables) const {
  const auto found = std::find_if(contenders.begin(), contenders.end(),
                                  [&](const auto& contender) { return contender.variables == variables; });
  return static_cast<std::size_t>(found - contenders.begin());
}

void find_contenders(Findings& findings, const std::vector<std::string>& controls) {
  for (const auto& found : findings.metrics) {
    if (findings.contender(found.origin.variables) < findings.contenders.size()) continue;
    Contender contender{found.origin.variables, label_of(found.origin.variables), false};
    for (const auto& [name, value] : contender.variables)
      contender.control |= std::find(controls.begin(), controls.end(), short_name(value)) != controls.end();
    findings.contenders.push_back(std::move(contender));
  }
  std::stable_partition(findings.contenders.begin(), findings.contenders.end(),
                        [](const auto& contender) { return !contender.control; });
}

}  // namespace morgana::report

// SPDX-License-Identifier: Apache-2.0
#include "graph/product_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

/// What a run's folder holds besides products.
const std::set<std::string> kOwnFiles{"run.json", "events.jsonl", "pipeline.json", "resolved.json", "values"};

/// Stands for the run's folder, whose name is not known yet.
const fs::path kRunFolder = "/run";

struct Product {
  const PlannedNode* node;
  const PlannedParameter* parameter;
  const std::string& path() const { return std::get<std::string>(parameter->value); }
};

bool lies_in(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

std::string described(const Product& other, const Product& product) {
  return other.node == product.node ? fmt::format("its own \"{}\"", other.parameter->info->name)
                                    : fmt::format("node \"{}\"", other.node->name);
}

class Checker {
 public:
  explicit Checker(Faults& faults) : faults_(faults) {}

  void add(const Product& product) {
    const auto place = product_place(*product.node, product.parameter->info->name, kRunFolder);
    const auto inside = place.lexically_relative(kRunFolder);
    if (inside.empty() || *inside.begin() == "." || *inside.begin() == "..")
      return fault(product, fmt::format("the output path \"{}\" leads out of the run's folder", product.path()),
                   "give a path inside it, such as \"report\"; copy what is wanted elsewhere after the run");
    if (kOwnFiles.contains(inside.begin()->string()))
      return fault(product, fmt::format("the run keeps \"{}\" for itself", inside.begin()->string()),
                   "give another output path, such as \"report\"");
    const auto [other, first] = taken_.emplace(inside, product);
    if (!first)
      conflict(product, fmt::format("would write \"{}\", which {} writes too", product.path(),
                                    described(other->second, product)));
  }

  /// A path sorts just before those that lie in it.
  void check_nested() {
    const std::pair<const fs::path, Product>* outer = nullptr;
    for (const auto& inner : taken_) {
      if (outer == nullptr || !lies_in(inner.first, outer->first)) outer = &inner;
      else
        conflict(inner.second,
                 fmt::format("would write \"{}\", which lies in \"{}\", which {} writes", inner.second.path(),
                             outer->second.path(), described(outer->second, inner.second)));
    }
  }

 private:
  void fault(const Product& product, std::string text, std::string hint) {
    faults_.add({product.parameter->position, product.node->base_name, std::move(text), std::move(hint)});
  }

  /// Of the copies of a node one is named: the others clash alike.
  void conflict(const Product& product, std::string text) {
    if (!told_.emplace(product.node->base_name, product.parameter->position).second) return;
    const auto& variables = product.node->variables;
    const auto copy = variables.empty() ? "it" : fmt::format("\"{}\"", product.node->name);
    fault(product, copy + " " + std::move(text),
          variables.empty() ? "give each a place of its own"
                            : fmt::format("put a variable into the path: \"${{{}}}\"", variables.begin()->first));
  }

  Faults& faults_;
  std::map<fs::path, Product> taken_;
  std::set<std::pair<std::string, Position>> told_;
};

}  // namespace

fs::path product_place(const PlannedNode& node, const std::string& parameter, const fs::path& run_folder) {
  for (const auto& planned : node.parameters)
    if (planned.info->name == parameter) {
      const auto place = (run_folder / std::get<std::string>(planned.value)).lexically_normal();
      return place.has_filename() ? place : place.parent_path();  // "report/" is "report"
    }
  throw Error("node \"{}\" has no output path \"{}\"", node.name, parameter);
}

void check_product_places(const std::vector<PlannedNode>& nodes, Faults& faults) {
  Checker checker(faults);
  for (const auto& node : nodes)
    for (const auto& parameter : node.parameters)
      if (parameter.info->type == ParameterType::kOutputPath && !std::get<std::string>(parameter.value).empty())
        checker.add({&node, &parameter});
  checker.check_nested();
}

}  // namespace morgana::host

// SPDX-License-Identifier: Apache-2.0
#include "cli/saved_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "cache/plain_words.hpp"
#include "cli/verb.hpp"
#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/nearest.hpp"
#include "run/recorded_run.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kModelFormat = "model/1";

/// A model among a run's values.
struct Candidate {
  std::string node;  ///< "model[encoder=encode.gasf,generator=ddpm]"; with its port where the node has several models
  SavedModel model;
};

bool is_run(const fs::path& folder) {
  std::error_code fault;
  return fs::exists(folder / "run.json", fault);
}

/// Takes RUN and RUN:NODE apart; names of runs and variables' values may hold colons themselves.
std::optional<std::pair<std::string, std::string>> run_and_node(const std::string& operand, const fs::path& runs) {
  for (auto end = operand.size(); end != std::string::npos && end > 0; end = operand.rfind(':', end - 1)) {
    const auto run = operand.substr(0, end);
    if (is_run(run) || is_run(runs / run)) return std::pair{run, end == operand.size() ? "" : operand.substr(end + 1)};
  }
  return std::nullopt;
}

/// The models of a run that are still there; `lost` counts the values that the cache has no more.
std::vector<Candidate> models_of(const RecordedRun& run, std::size_t& lost) {
  std::vector<Candidate> candidates;
  for (const auto& node : run.record.value("nodes", json::array())) {
    std::vector<Candidate> of_node;
    const auto outputs = node.value("outputs", json::object());
    for (const auto& [port, output] : outputs.items()) {
      const auto file = run.folder / output.value("file", "");
      if (file.extension() != ".safetensors") continue;
      if (!fs::exists(file)) {
        ++lost;
        continue;
      }
      if (const auto text = Archive::read(file).text; !text.contains("morgana") || text.at("morgana") != kModelFormat)
        continue;
      of_node.push_back({node.value("name", "") + "." + port, read_saved_model(file)});
    }
    if (of_node.size() == 1) of_node[0].node = node.value("name", "");
    for (auto& candidate : of_node) candidates.push_back(std::move(candidate));
  }
  return candidates;
}

/// Does "model" or "model[generator=ddpm]" mean "model[encoder=encode.gasf,generator=ddpm]"?
bool means(const std::string& typed, const std::string& node) {
  if (typed == node) return true;
  const auto bracket = typed.find('['), node_bracket = node.find('[');
  if (typed.substr(0, bracket) != node.substr(0, node_bracket)) return false;
  if (bracket == std::string::npos) return true;
  if (typed.back() != ']' || node_bracket == std::string::npos) return false;
  const auto variables = "," + node.substr(node_bracket + 1, node.size() - node_bracket - 2) + ",";
  std::string rest = typed.substr(bracket + 1, typed.size() - bracket - 2);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    if (variables.find("," + rest.substr(0, end) + ",") == std::string::npos) return false;
    rest.erase(0, std::min(end + 1, rest.size()));
  }
  return true;
}

std::string listed(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const auto& candidate : candidates)
    text += fmt::format("\n    {}  ({}, {} classes)", candidate.node, candidate.model.kind,
                        candidate.model.class_names.size());
  return text;
}

SavedModel model_of_run(const std::string& name, const std::string& node, const fs::path& runs,
                        const Catalog& catalog) {
  const auto run = read_run(name, runs);
  std::size_t lost = 0;
  const auto all = models_of(run, lost);
  if (all.empty())
    throw Error("run {} has no model", name)
        .hint(lost > 0 ? fmt::format("the cache no longer has {} of its values; run it again: {}", lost,
                                     run.record.value("command", ""))
                       : "it trains nothing, or ended before a training did; see morgana show " + name);
  std::vector<Candidate> fitting;
  for (const auto& candidate : all)
    if (node.empty() ? catalog.find("sample." + candidate.model.kind) != nullptr : means(node, candidate.node))
      fitting.push_back(candidate);
  if (node.empty() && fitting.empty()) fitting = all;  // what is missing is said where the one model is looked at
  if (fitting.empty()) throw Error("run {} has no model \"{}\"", name, node).hint(fmt::format("it has{}", listed(all)));
  if (fitting.size() > 1)
    throw Error("run {} has {} models{}", name, fitting.size(), node.empty() ? "" : fmt::format(" \"{}\"", node))
        .hint(fmt::format("choose one as {}:NODE, with one of these nodes{}", name, listed(fitting)));
  return fitting.front().model;
}

}  // namespace

SavedModel read_saved_model(const fs::path& file) {
  const auto archive = Archive::read(file);
  const auto format = archive.text.find("morgana");
  if (format == archive.text.end())
    throw Error("{} is no model of Morgana: its metadata has no \"morgana\"", file.string());
  if (format->second != kModelFormat)
    throw Error("{} holds {}, not a model", file.string(), format->second.substr(0, format->second.find('/')));
  SavedModel model{fs::canonical(file), archive.text_of("kind"), {}, {}};
  try {
    model.class_names = json::parse(archive.text_of("class_names")).get<std::vector<std::string>>();
    model.class_counts = json::parse(archive.text_of("class_counts")).get<std::vector<std::int64_t>>();
  } catch (const json::exception& exception) {
    throw Error("{} does not hold a model: {}", file.string(), plain_words(exception));
  }
  return model;
}

SavedModel find_saved_model(const std::string& operand, const fs::path& runs, const Catalog& catalog) try {
  std::error_code fault;
  if (fs::exists(operand, fault) && !fs::is_directory(operand)) return read_saved_model(operand);
  if (const auto named = run_and_node(operand, runs)) return model_of_run(named->first, named->second, runs, catalog);
  if (fs::is_directory(operand, fault))
    throw Error("{} is a folder, but no run's: it has no run.json", operand)
        .hint("give a model's file, a run, or RUN:NODE");
  throw Error("there is no model {}: neither a file nor a run", operand)
      .hint("give a model's file, a run (its folder or its name), or RUN:NODE; --runs FOLDER says where runs lie");
} catch (const UsageFault&) {
  throw;
} catch (const Error& error) {
  throw UsageFault(error);
}

std::vector<std::string> asked_classes(const SavedModel& model, const std::vector<std::string>& names) {
  const auto trained = [&](const std::string& name) {
    const auto index = static_cast<std::size_t>(std::find(model.class_names.begin(), model.class_names.end(), name) -
                                                model.class_names.begin());
    return index >= model.class_counts.size() || model.class_counts[index] > 0;
  };
  std::vector<std::string> known;
  for (const auto& name : model.class_names)
    if (trained(name)) known.push_back(name);
  if (names.empty()) return known;
  for (const auto& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (known.empty()) throw UsageFault("the model has no classes; leave --class out");
    const bool untrained =
        std::find(model.class_names.begin(), model.class_names.end(), name) != model.class_names.end();
    throw UsageFault(Error("the model {} class \"{}\"", untrained ? "has no training examples of" : "knows no", name)
                         .hint(fmt::format("it can be asked for {}", fmt::join(by_nearness(name, known), ", "))));
  }
  std::vector<std::string> asked;
  for (const auto& name : known)
    if (std::find(names.begin(), names.end(), name) != names.end()) asked.push_back(name);
  return asked;
}

}  // namespace morgana::host

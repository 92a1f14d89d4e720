// SPDX-License-Identifier: Apache-2.0
#include "run/recorded_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "cache/json_file.hpp"
#include "morgana/error.hpp"
#include "run/record_form.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path find_run(const std::string& name, const fs::path& runs) {
  for (const fs::path& folder : {fs::path(name), runs / name})
    if (std::error_code fault; fs::exists(folder / "run.json", fault)) return fs::canonical(folder);
  std::vector<std::string> known;
  std::error_code fault;
  for (const auto& item : fs::directory_iterator(runs, fault))
    if (!item.is_symlink() && fs::exists(item.path() / "run.json", fault)) known.push_back(item.path().filename());
  std::sort(known.rbegin(), known.rend());
  constexpr std::size_t kShown = 5;
  if (known.size() > kShown) known.resize(kShown);
  throw Error("there is no run \"{}\"", name)
      .hint(known.empty() ? fmt::format("there are no runs in {}; say where with --runs FOLDER", runs.string())
                          : fmt::format("the last runs in {} are {}", runs.string(), fmt::join(known, ", ")));
}

/// The nodes of a run that was killed, from its events.
void add_ended_nodes(const fs::path& folder, json& record) {
  std::map<std::string, std::string> stages;
  std::ifstream stream(folder / "events.jsonl");
  for (std::string line; std::getline(stream, line);) {
    const auto event = json::parse(line, nullptr, false);  // the last line may be half written
    if (!event.is_object()) continue;
    const auto text = [&](const char* key) {
      const auto found = event.find(key);
      return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto kind = text("event"), node = text("node");
    if (node.empty()) continue;
    if (kind == "started") stages[node] = text("stage");
    const auto time = event.find("seconds");
    const double seconds = time != event.end() && time->is_number() ? time->get<double>() : 0.0;
    if (kind == "cached" || kind == "done" || kind == "failed" || kind == "blocked" || kind == "stopped")
      record["nodes"].push_back({{"name", node},
                                 {"stage", stages[node]},
                                 {"status", kind},
                                 {"reason", text("reason")},
                                 {"seconds", seconds},
                                 {"error", text("error")}});
  }
}

std::map<std::string, json> by_name(const json& record) {
  std::map<std::string, json> nodes;
  for (const auto& node : record.value("nodes", json::array())) nodes[node.at("name")] = node;
  return nodes;
}

/// Numbers of a metrics file by name and tags; empty where it is none or is gone.
std::map<std::string, json> metrics_in(const fs::path& file) try {
  std::map<std::string, json> numbers;
  const auto document = json_in(file);
  if (!document.is_object() || document.value("morgana", "") != "metrics/1") return numbers;
  for (const auto& metric : document.value("metrics", json::array())) {
    std::string name = metric.value("name", "");
    const auto tags = metric.value("tags", json::object());
    for (const auto& [tag, value] : tags.items())
      name += fmt::format(" {}={}", tag, value.is_string() ? value.get<std::string>() : value.dump());
    numbers[name] = metric.value("value", json());
  }
  return numbers;
} catch (const std::exception&) {
  return {};
}

template <typename Report>
void compare(const std::map<std::string, json>& first, const std::map<std::string, json>& second, Report report) {
  for (const auto& [name, value] : first) {
    const auto other = second.find(name);
    if (other == second.end()) report(name, value, json());
    else if (other->second != value) report(name, value, other->second);
  }
  for (const auto& [name, value] : second)
    if (!first.contains(name)) report(name, json(), value);
}

std::map<std::string, json> members(const json& object, const char* key) {
  return object.value(key, json::object()).get<std::map<std::string, json>>();
}

void compare_nodes(const std::string& name, const RecordedRun& first, const RecordedRun& second, const json& one,
                   const json& two, std::vector<Difference>& list) {
  compare(members(one, "parameters"), members(two, "parameters"),
          [&](const auto& parameter, const json& a, const json& b) {
            list.push_back({"parameter", name, parameter, a, b});
          });
  const auto outputs = members(one, "outputs"), others = members(two, "outputs");
  for (const auto& [port, output] : outputs) {
    const auto other = others.find(port);
    if (other == others.end() || output.value("sha256", "") == other->second.value("sha256", "")) continue;
    list.push_back({"result", name, port, output.value("sha256", ""), other->second.value("sha256", "")});
    compare(metrics_in(first.folder / output.value("file", "")),
            metrics_in(second.folder / other->second.value("file", "")),
            [&](const auto& metric, const json& a, const json& b) {
              list.push_back({"metric", name, metric, a, b});
            });
  }
}

}  // namespace

RecordedRun read_run(const std::string& name, const fs::path& runs) {
  RecordedRun run{find_run(name, runs), {}};
  run.record = read_json(run.folder / "run.json");
  check_record_form(run.record, run.folder / "run.json");
  if (run.record.value("status", "") == "running") {
    run.record["status"] = "ended without a word (killed or crashed), or still running";
    add_ended_nodes(run.folder, run.record);
  }
  return run;
}

std::vector<Difference> differences(const RecordedRun& first, const RecordedRun& second) {
  std::vector<Difference> list;
  for (const char* key : {"pipeline", "seed", "versions", "machine"})
    if (first.record.value(key, json()) != second.record.value(key, json()))
      list.push_back({"run", "", key, first.record.value(key, json()), second.record.value(key, json())});
  compare(members(first.record, "plugins"), members(second.record, "plugins"),
          [&](const auto& plugin, const json& a, const json& b) {
            list.push_back({"run", "", "plugin " + plugin, a, b});
          });
  compare(by_name(first.record), by_name(second.record), [&](const auto& name, const json& a, const json& b) {
    if (a.is_null() || b.is_null())
      list.push_back(
          {"node", name, "", a.is_null() ? a : a.value("stage", json()), b.is_null() ? b : b.value("stage", json())});
    else compare_nodes(name, first, second, a, b, list);
  });
  return list;
}

}  // namespace morgana::host

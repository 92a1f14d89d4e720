// SPDX-License-Identifier: Apache-2.0
#include "run/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "cache/durable.hpp"
#include "cache/plain_words.hpp"
#include "graph/product_places.hpp"
#include "run/json_text.hpp"
#include "run/products.hpp"
#include "run/run_record.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

// Progress goes to the display ten times a second; a file that is read afterwards needs less.
constexpr double kProgressEverySeconds = 1.0;

fs::path make_folder(const fs::path& runs, const std::string& name, std::time_t time) {
  const auto stamp = fmt::format("{:%Y-%m-%dT%H-%M-%S}", fmt::localtime(time));
  const auto hint = "choose another with --runs FOLDER";
  try {
    make_folders(runs);
  } catch (const Error& error) {
    throw Error("cannot make a run folder: {}", error.what()).hint(hint);
  }
  std::error_code fault;
  for (int attempt = 1; !fault; ++attempt) {  // two runs may begin in one second
    auto folder = runs / fmt::format("{}-{}{}", stamp, name, attempt == 1 ? "" : fmt::format("-{}", attempt));
    if (fs::create_directory(folder, fault)) {
      flush_folder_to_disk(runs);
      return folder;
    }
  }
  throw Error("cannot make a run folder in {}: {}", runs.string(), fault.message()).hint(hint);
}

void point_latest_to(const fs::path& folder) {
  const auto link = folder.parent_path() / "latest",
             beside = folder.parent_path() / (".latest." + folder.filename().string());
  std::error_code ignored;  // without the link a run is as good
  fs::create_directory_symlink(folder.filename(), beside, ignored);
  fs::rename(beside, link, ignored);
}

}  // namespace

RunFolder::RunFolder(const Plan& plan, Store& store, const fs::path& runs, Facts facts)
    : plan_(plan), store_(store), facts_(std::move(facts)), last_progress_(plan.nodes.size(), -kProgressEverySeconds) {
  const std::time_t time = std::time(nullptr);
  started_at_ = fmt::format("{:%Y-%m-%dT%H:%M:%S%z}", fmt::localtime(time));
  path_ = make_folder(fs::absolute(runs).lexically_normal(), plan.name, time);
  write_whole_file(path_ / "pipeline.json", plan.text);
  write_whole_file(path_ / "resolved.json", plan.resolved_json);
  write_record(nullptr, "running");
  events_ = std::fopen((path_ / "events.jsonl").c_str(), "wbe");
  if (events_ == nullptr) throw Error("cannot write {}: {}", (path_ / "events.jsonl").string(), std::strerror(errno));
  point_latest_to(path_);
}

RunFolder::~RunFolder() {
  if (events_ != nullptr) std::fclose(events_);
}

double RunFolder::now() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void RunFolder::append(const std::string& line, bool flush) {
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), events_);
  if (flush) std::fflush(events_);  // a killed run has told all that it did
}

void RunFolder::started(std::size_t node, const NodeOutcome& so_far) {
  append(event_line(now(), "started", plan_.nodes[node].name,
                    {{"stage", plan_.nodes[node].stage->name},
                     {"key", so_far.key},
                     {"reason", so_far.reason},
                     {"threads", so_far.threads},
                     {"device", so_far.device}}));
}

void RunFolder::progressed(std::size_t node, const Progress& progress) {
  const double time = now();
  {
    const std::lock_guard lock(mutex_);
    if (time - last_progress_[node] < kProgressEverySeconds) return;
    last_progress_[node] = time;
  }
  append(event_line(
      time, "progress", plan_.nodes[node].name,
      {{"done", progress.done}, {"total", progress.total}, {"unit", progress.unit}, {"note", progress.note}}));
}

void RunFolder::logged(std::size_t node, LogLevel level, const std::string& text) {
  constexpr const char* kLevels[]{"debug", "info", "warning"};
  append(
      event_line(now(), "log", plan_.nodes[node].name, {{"level", kLevels[static_cast<int>(level)]}, {"text", text}}));
}

void RunFolder::waits_for_other_run(std::size_t node) {
  append(event_line(now(), "waiting", plan_.nodes[node].name, {}));
}

void RunFolder::ended(std::size_t node, const NodeOutcome& outcome) {
  if (outcome.status == NodeStatus::kCached && outcome.entry->products.empty()) {
    // Thousands of them may come in a moment, and none is news.
    JsonText line(JsonText::Layout::kOneLine);
    line.begin_object().member("time", rounded_milliseconds(now())).member("event", "cached");
    line.member("node", plan_.nodes[node].name)
        .member("reason", outcome.reason)
        .member("key", outcome.key)
        .end_object();
    return append(line.text() + '\n', false);
  }
  ordered_json more{{"reason", outcome.reason}};
  if (outcome.status == NodeStatus::kDone) more["seconds"] = outcome.seconds;
  if (outcome.entry) more["key"] = outcome.key;
  if (!outcome.error.empty()) more["error"] = outcome.error;
  if (!outcome.hint.empty()) more["hint"] = outcome.hint;
  append(event_line(now(), name_of(outcome.status), plan_.nodes[node].name, more));
  if (outcome.entry && !outcome.entry->products.empty()) place_products(node, *outcome.entry);
}

void RunFolder::place_products(std::size_t node, const Entry& entry) {
  for (const auto& product : entry.products) {
    const auto place = product_place(plan_.nodes[node], product.name, path_);
    std::string fault;
    try {
      put_in_place(store_.path_of(entry, product), place);
    } catch (const fs::filesystem_error& error) {
      fault = error.code().message();
    } catch (const std::exception& exception) {
      fault = plain_words(exception);
    }
    const std::lock_guard lock(mutex_);
    if (!fault.empty())
      faults_.push_back(fmt::format("node \"{}\": cannot write {}: {}", plan_.nodes[node].name, place.string(), fault));
    else if (std::find(products_.begin(), products_.end(), place) == products_.end()) products_.push_back(place);
  }
}

std::vector<fs::path> RunFolder::products() const {
  const std::lock_guard lock(mutex_);
  return products_;
}

std::vector<std::string> RunFolder::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

void RunFolder::finish(const RunOutcome& outcome, const std::string& status) {
  std::vector<Store::Link> links;
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
    if (!outcome.nodes[i].entry) continue;
    for (const auto& file : outcome.nodes[i].entry->outputs)
      links.push_back({link_name(plan_.nodes[i].name, file), outcome.nodes[i].entry->key, file.file});
  }
  append(event_line(now(), "run", "", {{"status", status}}));
  write_record(&outcome, status);  // before the links: a fault there must not lose the record
  try {
    fs::create_directory_symlink(store_.link_set(links), path_ / "values");
  } catch (const std::exception& exception) {
    const std::lock_guard lock(mutex_);
    faults_.push_back(fmt::format("cannot link the values of this run: {}", plain_words(exception)));
  }
  flush_folder_to_disk(path_);
}

void RunFolder::write_record(const RunOutcome* outcome, const std::string& status) const {
  const RunRecordFacts facts{status,         started_at_,    outcome ? outcome->seconds : now(),
                             facts_.command, facts_.version, store_.root().string(),
                             facts_.limits};
  write_whole_file(path_ / "run.json", run_record(plan_, facts, outcome));
}

}  // namespace morgana::host

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <set>

#include "cache/store.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

bool older(const fs::path& path, std::int64_t seconds) {
  std::error_code fault;
  const auto written = fs::last_write_time(path, fault);
  if (fault) return false;
  const auto time = std::chrono::file_clock::to_sys(written).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(time).count() < seconds;
}

std::uint64_t tree_bytes(const fs::path& folder) {
  std::uint64_t total = 0;
  std::error_code fault;
  for (const auto& item : fs::recursive_directory_iterator(folder, fault))
    if (item.is_regular_file(fault)) total += item.file_size(fault);
  return total;
}

/// Entries half made and checkpoints of runs that were killed and never taken up again.
void remove_leftovers(Store& store, std::int64_t before, CleanReport& report) {
  for (const char* kind : {"building", "checkpoints"})
    for (const auto& item : fs::directory_iterator(store.root() / kind)) {
      if (!older(item.path(), before)) continue;
      const auto lock = store.try_lock(item.path().stem().string());
      if (!lock) continue;
      report.removed_bytes += tree_bytes(item.path());
      fs::remove_all(item.path());
    }
}

/// Sets of links that all lead nowhere now. The others are the values that past runs still have.
void remove_dangling_sets(Store& store) {
  for (const auto& set : fs::directory_iterator(store.root() / "sets")) {
    const auto links = fs::directory_iterator(set.path());
    if (std::none_of(begin(links), end(links), [](const auto& link) { return fs::exists(link.path()); }))
      fs::remove_all(set.path());
  }
}

}  // namespace

CleanReport clean(Store& store, std::optional<std::int64_t> used_before, std::optional<std::uint64_t> keep_bytes) {
  CleanReport report;
  const auto entries = store.index().entries();
  for (const auto& item : entries) report.kept_bytes += item.entry.bytes();
  for (const auto& item : entries) {  // least recently used first
    const bool old = used_before && item.used < *used_before;
    const bool too_much = keep_bytes && report.kept_bytes > *keep_bytes;
    const auto lock = old || too_much ? store.try_lock(item.entry.key) : std::nullopt;
    if (!lock) {
      ++report.kept;
      if (old || too_much) ++report.busy;
      continue;
    }
    store.remove(item.entry.key);
    ++report.removed;
    report.removed_bytes += item.entry.bytes();
    report.kept_bytes -= item.entry.bytes();
  }
  if (used_before) remove_leftovers(store, *used_before, report);
  remove_dangling_sets(store);
  return report;
}

VerifyReport verify(Store& store, bool mend) {
  VerifyReport report;
  std::set<std::string> known;
  const auto found = [&](const std::string& key, const std::string& stage, std::string fault) {
    const auto lock = mend ? store.try_lock(key) : std::nullopt;
    if (lock) store.remove(key);
    report.broken.push_back({key, stage, std::move(fault), lock.has_value()});
  };
  for (const auto& [entry, used] : store.index().entries()) {
    known.insert(entry.key);
    auto fault = store.fault_of_record(entry);
    for (const auto* list : {&entry.outputs, &entry.products})
      for (const auto& file : *list)
        if (fault.empty()) fault = store.fault_of(entry, file);
    if (!fault.empty()) found(entry.key, entry.stage, fault);
  }
  report.read = known.size();
  // What the index could not take in: nothing finds it, and nothing else would remove it.
  for (const auto& key : store.keys()) {
    if (known.contains(key) || store.find(key)) continue;  // a run may have made it meanwhile
    ++report.read;
    found(key, "unknown stage", store.fault_of_record({key, {}, {}, {}, 0, 0, 0, 0, {}}));
  }
  return report;
}

}  // namespace morgana::host

// SPDX-License-Identifier: Apache-2.0
#include "files/visit_files.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "files/found_files.hpp"
#include "files/read_ahead.hpp"
#include "files/unpacking.hpp"
#include "morgana/error.hpp"

namespace morgana::files {
namespace {

/// A file on the disk as work for several threads.
struct Task {
  DiskEntry file;
  std::uint64_t order = 0;
  bool zip = false;  ///< its members are work of their own
  std::atomic<bool> taken = false;
  std::atomic<std::size_t> next_member = 0;
};

std::uint64_t order_of(const Task& task, std::size_t member) { return task.order << 32 | (member & 0xffffffff); }

/// Keeps the failure that comes first in order, and with it all work of a lower order going.
class FirstFailure {
 public:
  void take(std::uint64_t order) {
    const std::lock_guard lock(mutex_);
    if (order >= order_) return;
    order_ = order;
    failure_ = std::current_exception();
  }
  bool is_behind(std::uint64_t order) const { return order > order_; }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::uint64_t> order_ = std::numeric_limits<std::uint64_t>::max();
  std::exception_ptr failure_;
};

class Visiting {
 public:
  Visiting(const std::filesystem::path& path, const Endings& endings, BytesRead& bytes, const ParallelVisit& options,
           const VisitInParallel& visit)
      : path_(path), endings_(endings), bytes_(bytes), visit_(visit), inflation_(options.limits) {
    for (auto& file : find_files(path, endings, left_out_)) {
      auto task = std::make_unique<Task>();
      bytes_.total += std::filesystem::file_size(file.path);
      task->order = tasks_.size();
      task->zip = !options.in_order && options.threads > 1 && (is_archive_name(file.name) || file.path == path) &&
                  is_zip(file.path);
      task->file = std::move(file);
      tasks_.push_back(std::move(task));
    }
    const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
    const bool divided = std::any_of(tasks_.begin(), tasks_.end(), [](const auto& task) { return task->zip; });
    workers_ = options.in_order ? 1 : divided ? threads : std::min(threads, tasks_.size());
    ahead_ = 2 * workers_ <= threads;
  }

  Omissions run() {
    std::vector<Omissions> left_out(workers_);
    {
      std::vector<std::jthread> others;
      for (std::size_t worker = 1; worker < workers_; ++worker)
        others.emplace_back([&, worker] { work(worker, left_out[worker]); });
      work(0, left_out[0]);
    }
    failure_.rethrow();
    for (const auto& part : left_out) left_out_.append(part);
    if (found_ == 0)
      throw Error("no {} file in {}{}{}", listed(endings_), path_.string(),
                  left_out_.empty() ? "" : "; left out: ", left_out_.summary());
    return std::move(left_out_);
  }

 private:
  void work(std::size_t worker, Omissions& left_out) {
    for (auto& task : tasks_) {
      if (!task->zip && task->taken.exchange(true)) continue;
      if (failure_.is_behind(order_of(*task, 0))) return;
      std::atomic<std::uint64_t> order = order_of(*task, 0);
      try {
        read(*task, worker, left_out, order);
      } catch (...) {
        failure_.take(order);
      }
    }
  }

  /// `order` is kept at the member that is being read.
  void read(Task& task, std::size_t worker, Omissions& left_out, std::atomic<std::uint64_t>& order) {
    DiskFile disk(task.file.path, bytes_);
    Unpacking unpacking(endings_, inflation_, left_out);
    const FoundFile visit = [&](const std::string& name, std::size_t member, ByteSource& source) {
      ++found_;
      order = order_of(task, member);
      visit_({name, order, worker}, source);
    };
    ClaimMember claim;
    if (task.zip)
      claim = [&, mine = task.next_member++](std::size_t member) mutable {
        if (member != mine) return false;
        mine = task.next_member++;
        order = order_of(task, member);
        return !failure_.is_behind(order);
      };
    const auto produce = [&](const FoundFile& found) {
      unpacking.read(disk, task.file.name, task.file.path.string(), claim, found);
    };
    if (ahead_ && is_packed(task)) read_ahead(produce, visit);
    else produce(visit);
  }

  static bool is_packed(const Task& task) {
    return is_archive_name(task.file.name) || task.file.name.ends_with(".gz") || task.file.name.ends_with(".zst");
  }

  const std::filesystem::path& path_;
  const Endings& endings_;
  BytesRead& bytes_;
  const VisitInParallel& visit_;
  Inflation inflation_;
  Omissions left_out_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::size_t workers_ = 1;
  bool ahead_ = false;
  std::atomic<std::size_t> found_ = 0;
  FirstFailure failure_;
};

}  // namespace

Omissions visit_files_in_parallel(const std::filesystem::path& path, const Endings& endings, BytesRead& bytes,
                                  const ParallelVisit& options, const VisitInParallel& visit) {
  return Visiting(path, endings, bytes, options, visit).run();
}

Omissions visit_files(const std::filesystem::path& path, const Endings& endings, BytesRead& bytes,
                      const VisitFile& visit, int threads) {
  return visit_files_in_parallel(path, endings, bytes, {.threads = threads, .in_order = true, .limits = {}},
                                 [&](const FileVisit& file, ByteSource& source) { visit(file.name, source); });
}

}  // namespace morgana::files

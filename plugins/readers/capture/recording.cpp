// SPDX-License-Identifier: Apache-2.0
#include "recording.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>

#include "capture_record.hpp"
#include "clock.hpp"
#include "morgana/count_text.hpp"
#include "morgana/error.hpp"

namespace morgana::capture {
namespace {

using std::chrono::steady_clock;

constexpr int kWaitMilliseconds = 20;
constexpr std::chrono::seconds kRecordEvery{5};
// A program in the same terminal has had its own Ctrl-C; one that did not is asked, and in the end not asked any more.
constexpr std::chrono::seconds kUntilTerminate{2}, kUntilKill{5};

steady_clock::duration duration_of(double seconds) {
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds));
}

PcapngFile::Header header_of(const Request& request, const LiveInterface& interface) {
  const auto system = system_of_this_machine();
  const auto about = fmt::format("capture of {} on {}; the sockets and their processes are in {}_{}.sockets",
                                 request.package, request.device, request.epoch, request.package);
  return {.section = {.application = kApplication, .hardware = system.hardware, .os = system.os, .comments = {about}},
          .interface = {.name = request.interface.name,
                        .filter = request.interface.filter,
                        .link_type = interface.link_type(),
                        .snap_length = interface.snap_length()}};
}

/// One capture while it goes on.
class Recording {
 public:
  Recording(const Request& request, Context& context)
      : request_(request),
        context_(context),
        names_(request.folder, request.device, request.epoch, request.package),
        interface_(request.interface),
        parts_((names_.prepare(), names_), header_of(request, interface_), request.rotate_bytes),
        sockets_(names_.sockets(), std::chrono::milliseconds(request.sample_milliseconds)) {
    give_to_caller(names_.sockets());
    outcome_.begin_nanoseconds = now();
    outcome_.link_type = interface_.link_type();
    outcome_.snap_length = interface_.snap_length();
    write();
  }

  Outcome run() {
    start_command();
    try {
      while (outcome_.end == Outcome::End::kRunning) {
        interface_.wait(kWaitMilliseconds);
        take();
        outcome_.end = end();
        if (steady_clock::now() >= next_record_) write();
      }
      finish();
    } catch (const std::exception& fault) {
      outcome_.end = Outcome::End::kFault;
      outcome_.fault = fault.what();
      try {
        write();
      } catch (const std::exception&) {  // the first fault is the one to tell
      }
      throw;
    }
    return outcome_;
  }

 private:
  void start_command() try {
    if (!request_.command.empty()) command_.emplace(request_.command);
  } catch (const Error&) {
    // A slip of the pen leaves nothing behind.
    for (const auto& file : {names_.part(0), names_.sockets(), names_.record()}) std::filesystem::remove(file);
    throw;
  }

  void take() {
    interface_.read([&](const packets::CapturedPacket& packet) {
      parts_.add(packet);
      sockets_.saw(packet);
      ++outcome_.packets;
      outcome_.packet_bytes += packet.original_bytes;
    });
    parts_.flush();
    if (sockets_.failed()) sockets_.stop();  // throws
    const auto time = steady_clock::now();
    if (time < next_counts_) return;
    next_counts_ = time + std::chrono::milliseconds(200);
    outcome_.counts = interface_.counts();
    const auto sockets = sockets_.counts();
    const auto parts = parts_.parts().size();
    context_.progress(
        {.done = outcome_.packets,
         .unit = "packets",
         .note = fmt::format("{:.1f} MB, {} dropped, {}{}", static_cast<double>(outcome_.packet_bytes) * 1e-6,
                             outcome_.counts.dropped, count_text(sockets.sockets, "socket"),
                             parts > 1 ? fmt::format(", {} files", parts) : "")});
  }

  Outcome::End end() {
    const auto time = steady_clock::now();
    if (command_ && command_->status() && !outcome_.command) {
      outcome_.command = command_->status();
      command_ended_ = time;
    }
    if (context_.stop_requested() || stop_ != steady_clock::time_point{}) return stop(time);
    if (outcome_.command && time >= command_ended_ + duration_of(request_.grace_seconds)) return Outcome::End::kCommand;
    if (request_.seconds > 0 && time >= begin_ + duration_of(request_.seconds)) {
      if (!command_ || outcome_.command) return Outcome::End::kTime;
      reason_ = Outcome::End::kTime;
      return stop(time);
    }
    return Outcome::End::kRunning;
  }

  /// Asks the command to end, and goes on capturing until it has.
  Outcome::End stop(steady_clock::time_point time) {
    if (stop_ == steady_clock::time_point{}) {
      stop_ = time;
      if (reason_ == Outcome::End::kTime && command_) terminate(SIGTERM);
    }
    if (!command_ || outcome_.command) return reason_;
    if (time >= stop_ + kUntilKill) terminate(SIGKILL);
    else if (time >= stop_ + kUntilTerminate) terminate(SIGTERM);
    return Outcome::End::kRunning;
  }
  void terminate(int signal) {
    if (asked_ == signal) return;
    asked_ = signal;
    command_->signal(signal);
  }

  void finish() {
    interface_.wait(kWaitMilliseconds);  // what the kernel has not handed over yet
    take();
    outcome_.counts = interface_.counts();
    parts_.finish(outcome_.counts);
    sockets_.stop();
    outcome_.end_nanoseconds = now();
    write();
  }

  void write() {
    next_record_ = steady_clock::now() + kRecordEvery;
    if (outcome_.end == Outcome::End::kRunning || outcome_.end == Outcome::End::kFault)
      outcome_.end_nanoseconds = now();
    outcome_.parts = parts_.parts();
    outcome_.sockets = sockets_.counts();
    write_record(names_, request_, outcome_);
  }

  const Request& request_;
  Context& context_;
  CaptureNames names_;
  LiveInterface interface_;
  CaptureParts parts_;
  SocketWatch sockets_;
  std::optional<Command> command_;
  Outcome outcome_;
  Outcome::End reason_ = Outcome::End::kRequest;
  int asked_ = 0;
  const steady_clock::time_point begin_ = steady_clock::now();
  steady_clock::time_point command_ended_{}, stop_{}, next_record_{}, next_counts_{};
};

}  // namespace

const char* name_of(Outcome::End end) {
  switch (end) {
    case Outcome::End::kRequest:
      return "request";
    case Outcome::End::kTime:
      return "time";
    case Outcome::End::kCommand:
      return "command";
    case Outcome::End::kFault:
      return "fault";
    case Outcome::End::kRunning:
      break;
  }
  return "running";
}

Outcome record(const Request& request, Context& context) { return Recording(request, context).run(); }

}  // namespace morgana::capture

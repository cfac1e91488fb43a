"""Runs pages in WebKitGTK, one after another, each with a profile of its own in the folder that is its argument. For the
system's Python, which has the bindings.

Writes one line of JSON on standard output,

    {"version": text}

then answers each line of JSON on standard input with another, and stops when standard input ends:

    {"url": text, "timeout": milliseconds}
    {"status": "MISSING" | "TIMEOUT" | "CRASH" or null, "message": text, "results": text or null, "errors": [text]}

WebKitWebDriver would not do: its browser keeps nothing, and where nothing is kept there is no origin private file system.
"""

import json
import os
import subprocess
import sys
from tempfile import mkdtemp


def open_display():
    """The name of a display that nobody sees. It closes with its last window."""
    size = ["-screen", "0", "800x600x24"]
    reading, writing = os.pipe()
    subprocess.Popen(["Xvfb", "-displayfd", str(writing), *size, "-nolisten", "tcp", "-terminate"], pass_fds=[writing])
    os.close(writing)
    with open(reading) as pipe:
        return ":" + pipe.readline().strip()


os.environ.update(
    DISPLAY=open_display(),
    GDK_BACKEND="x11",
    # Nothing of a desktop is asked.
    GIO_USE_VFS="local",
    GSETTINGS_BACKEND="memory",
    NO_AT_BRIDGE="1",
    # Isolated pages have shared memory in Safari; here they do if told.
    JSC_useSharedArrayBuffer="1",
)

import gi  # noqa: E402

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

# What Safari has, and WebKitGTK too, but does not turn on by itself. Without AccessHandle there are no writable streams either.
FEATURES = {"AccessHandle", "FileSystem", "FileSystemWritableStream", "StorageAPI", "StorageAPIEstimate"}

# Before the page's own scripts: tells of uncaught errors, of the results, and of a page that does not run the harness.
REPORTER = """(() => {
  const { runner } = webkit.messageHandlers;
  const say = (name, value) => runner.postMessage(JSON.stringify([name, value]));
  addEventListener("error", ({ message }) => say("error", String(message)));
  addEventListener("unhandledrejection", ({ reason }) => say("error", String(reason)));
  addEventListener("load", () => { if (!("add_completion_callback" in globalThis)) say("missing", ""); });
  Object.defineProperty(globalThis, Symbol.for("web-platform-tests results"), {
    set(results) { say("results", results); },
  });
})();"""


class Page:
    """A page in a window. What becomes of it is its `result`."""

    def __init__(self, url, timeout, profile, on_end):
        self.on_end = on_end
        self.errors = []
        self.result = None
        storage = WebKit2.WebsiteDataManager(base_data_directory=profile, base_cache_directory=profile)
        content = WebKit2.UserContentManager()
        content.connect("script-message-received::runner", self.on_message)
        content.register_script_message_handler("runner")
        content.add_script(
            WebKit2.UserScript.new(
                REPORTER, WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START, None, None
            )
        )
        self.view = WebKit2.WebView(
            web_context=WebKit2.WebContext.new_with_website_data_manager(storage),
            user_content_manager=content,
            settings=settings_with(FEATURES),
        )
        self.view.connect("decide-policy", self.on_policy)
        self.view.connect("load-failed", self.on_failure)
        self.view.connect("web-process-terminated", self.on_death)
        self.window = Gtk.Window()
        self.window.add(self.view)
        self.window.show_all()
        self.timer = GLib.timeout_add(round(timeout), self.end, "TIMEOUT", f"no result within {timeout / 1000:g} s")
        self.view.load_uri(url)

    def on_message(self, _, message):
        name, value = json.loads(message.get_js_value().to_string())
        if name == "error":
            self.errors.append(value)
        elif name == "missing":
            self.end("MISSING", "")
        else:
            self.end(None, "", value)

    def on_policy(self, view, decision, kind):
        if kind == WebKit2.PolicyDecisionType.RESPONSE and decision.is_main_frame_main_resource():
            status = decision.get_response().get_status_code()
            if status != 200:
                self.end("MISSING", f"the server answered {status}")
        return False

    def on_failure(self, view, event, url, error):
        self.end("CRASH", error.message)
        return True

    def on_death(self, view, reason):
        self.end("CRASH", f"the page's process ended: {reason.value_nick}")

    def end(self, status, message, results=None):
        if self.result is None:
            self.result = {"status": status, "message": message, "results": results, "errors": self.errors}
            GLib.source_remove(self.timer)
            # A page that never yields would live on.
            self.view.terminate_web_process()
            self.window.destroy()
            self.on_end()
        return GLib.SOURCE_REMOVE


def settings_with(names):
    settings = WebKit2.Settings()
    features = WebKit2.Settings.get_all_features()
    for feature in map(features.get, range(features.get_length())):
        if feature.get_identifier() in names:
            settings.set_feature_enabled(feature, True)
    return settings


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    version = f"{WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}"
    say({"version": f"WebKitGTK {version}"})
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        loop = GLib.MainLoop()
        page = Page(request["url"], request["timeout"], mkdtemp(dir=sys.argv[1]), on_end=loop.quit)
        loop.run()
        say(page.result)


if __name__ == "__main__":
    main()

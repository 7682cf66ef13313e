using System.Diagnostics;
using System.Globalization;

namespace ImageBackend.Cli.Tests.Fleet;

/// <summary>A clock that is wrong for one process: a library, loaded before others, that answers for the clock of libc.</summary>
/// <remarks>libfaketime also answers for waits on the monotonic clock, which keeps the runtime's threads from sleeping.</remarks>
internal static class WrongClock
{
    private const string Compiler = "/usr/bin/gcc";

    // Only the clock of dates (0); without headers, which would be one more package.
    private const string Source = """
        struct timespec { long seconds, nanoseconds; };
        long syscall(long number, ...);
        #if defined(__x86_64__)
        #define CLOCK_GETTIME 228
        #elif defined(__aarch64__)
        #define CLOCK_GETTIME 113
        #endif
        int clock_gettime(int clock, struct timespec *now)
        {
            int result = syscall(CLOCK_GETTIME, clock, now);
            if (result == 0 && clock == 0) now->seconds += OFF;
            return result;
        }
        """;

    /// <summary>Null: it can be made.</summary>
    public static string? WhySkipped { get; } = File.Exists(Compiler) || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : "gcc is missing; build/install-test-tools says how to get it";

    /// <param name="path">Of the library, which is written.</param>
    /// <param name="off">Seconds ahead of the right time.</param>
    /// <returns>The variable that gives a process this clock.</returns>
    public static (string Name, string Value) Make(string path, int off)
    {
        string source = Path.ChangeExtension(path, ".c");
        File.WriteAllText(source, Source);
        using Process compiler = Process.Start(Compiler, [$"-DOFF=({off.ToString(CultureInfo.InvariantCulture)})", "-shared", "-fPIC", "-nostdlib", "-o", path, source]);
        compiler.WaitForExit();
        compiler.ExitCode.Should().Be(0);
        return ("LD_PRELOAD", path);
    }
}

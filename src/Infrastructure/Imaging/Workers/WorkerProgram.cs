using System.Reflection;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>How a worker is started.</summary>
/// <param name="Path">Path of the executable.</param>
/// <param name="Arguments">They precede those of a worker.</param>
public sealed record WorkerProgram(string Path, IReadOnlyList<string> Arguments)
{
    // src/Decoder, as `dotnet publish` leaves it beside the programs.
    private const string Native = "image-decoder";

    /// <param name="engine">Name of the engine that it is to have.</param>
    /// <returns>
    /// The decoder that was compiled to native code and published with this program, which starts in a third of the CPU time; without it, or
    /// for another engine, this program itself, with another first argument: `dotnet` with its assembly, or the executable.
    /// </returns>
    internal static WorkerProgram OfThisProcess(string engine) => Of(engine, AppContext.BaseDirectory);

    /// <param name="folder">Where this program is.</param>
    internal static WorkerProgram Of(string engine, string folder)
    {
        string native = System.IO.Path.Combine(folder, Native);
        if (KnownEngines.IsNative(engine) && CanBeRun(native))
        {
            return new WorkerProgram(native, []);
        }

        string path = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        bool isHost = System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet";
        return new WorkerProgram(path, isHost ? [Assembly.GetEntryAssembly()!.Location] : []);
    }

    // Whoever brings what was published to a server, as an archive, may lose that a file is executable, or the disk may forbid it (noexec):
    // `dotnet` and its assemblies don't need that.
    private static bool CanBeRun(string path) => !OperatingSystem.IsWindows() && Posix.CanBeRun(path);
}

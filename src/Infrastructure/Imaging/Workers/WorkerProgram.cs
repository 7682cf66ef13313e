using System.Reflection;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>How a worker is started: this program itself, with another first argument.</summary>
/// <param name="Path">Path of the executable.</param>
/// <param name="Arguments">They precede those of a worker.</param>
public sealed record WorkerProgram(string Path, IReadOnlyList<string> Arguments)
{
    /// <returns>This program: `dotnet` with its assembly, or the executable that was published.</returns>
    internal static WorkerProgram OfThisProcess()
    {
        string path = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        bool isHost = System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet";
        return new WorkerProgram(path, isHost ? [Assembly.GetEntryAssembly()!.Location] : []);
    }
}

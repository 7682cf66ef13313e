using ImageBackend.Testing;

namespace ImageBackend.Build.Tests;

/// <summary>The program `images` as built.</summary>
internal static class ImagesProgram
{
    // The tests' own folder is …/bin/CONFIGURATION/net10.0/.
    public static string Dll { get; } =
        Repository.File("src", "Console", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "images.dll");

    public static Task<Ended> RunAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments) =>
        Script.RunAsync("dotnet", Path.GetTempPath(), variables, [Dll, .. arguments]);
}

namespace ImageBackend.Testing;

/// <summary>A real folder for one test, removed with everything in it.</summary>
public sealed class TestFolder : IDisposable
{
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("image-backend-tests-");

    public string Path => Folder.FullName;

    /// <summary>Every file and folder below it, by its relative path, in alphabetical order.</summary>
    public IReadOnlyList<string> Entries =>
        [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories)
            .Select(entry => System.IO.Path.GetRelativePath(Path, entry))
            .Order(StringComparer.Ordinal)];

    public string PathOf(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public DirectoryInfo CreateFolder(string name) => Folder.CreateSubdirectory(name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

namespace ImageBackend.Web.Tests;

/// <summary>A folder with images. Names that begin with a dot are not images.</summary>
internal sealed class FolderStorage(string path) : TestStorage
{
    public override Task<IReadOnlyList<string>> NamesAsync() => Ordered(
        Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)!).Where(name => name[0] != '.'));

    public override Task<IReadOnlyList<string>> EverythingAsync() => Ordered(
        Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Select(entry => Path.GetRelativePath(path, entry)));

    public override Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(PathOf(name));

    public override Task<DateTimeOffset> WrittenAtAsync(string name) => Task.FromResult(new DateTimeOffset(File.GetLastWriteTimeUtc(PathOf(name))));

    public override Task PutAsync(string name, byte[] content) => File.WriteAllBytesAsync(PathOf(name), content);

    public override Task RemoveAsync(string name)
    {
        File.Delete(PathOf(name));
        return Task.CompletedTask;
    }

    public override Task LoseAsync()
    {
        Directory.Delete(path, recursive: true);
        return Task.CompletedTask;
    }

    public override Task BringBackAsync()
    {
        Directory.CreateDirectory(path);
        return Task.CompletedTask;
    }

    private static Task<IReadOnlyList<string>> Ordered(IEnumerable<string> names) =>
        Task.FromResult<IReadOnlyList<string>>([.. names.Order(StringComparer.Ordinal)]);

    private string PathOf(string name) => Path.Combine(path, name);
}

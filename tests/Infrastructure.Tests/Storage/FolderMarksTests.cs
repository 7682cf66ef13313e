using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>The contract, on a real folder.</summary>
public sealed class FolderMarksTests : ImageMarksContract, IDisposable
{
    private static readonly ImageKey Key = ImageKey.Parse("1_2.jpg");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_folder_is_a_fault_and_is_not_made()
    {
        FolderMarks marks = new("incoming", _folder.Folder);
        _folder.Folder.Delete(recursive: true);

        await FluentActions.Awaiting(() => marks.FindAsync(MarkKind.Deleted, Key, default)).Should().ThrowAsync<StorageException>();
        await FluentActions.Awaiting(() => marks.SetAsync(MarkKind.Deleted, Key, "", default)).Should().ThrowAsync<StorageException>();
        await FluentActions.Awaiting(() => marks.RemoveAsync(MarkKind.Deleted, Key, default)).Should().ThrowAsync<StorageException>();

        Directory.Exists(_folder.Path).Should().BeFalse();
    }

    [Fact]
    public async Task A_sweep_removes_what_the_dead_left_half_written()
    {
        FolderMarks marks = new("incoming", _folder.Folder);
        await marks.SetAsync(MarkKind.Deleted, Key, "", default);
        await File.WriteAllTextAsync(_folder.PathOf(".marks", "deleted", Storage.Marks.PartialOf(Storage.Marks.Gone)), "");

        marks.Sweep().Removed.Should().Be(1);

        _folder.Entries.Should().Equal(".marks", ".marks/deleted", ".marks/deleted/1_2.jpg");
    }

    protected override (IImageMarks Marks, IImageStorage Incoming) Create() =>
        (new FolderMarks("incoming", _folder.Folder), new FileSystemImageStorage("incoming", _folder.Folder));
}

using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.V5;

public sealed class FolderOriginalsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeWorkspaces _workspaces = new();

    public void Dispose()
    {
        _folder.Dispose();
        _workspaces.Dispose();
    }

    [Fact]
    public async Task Are_copied_byte_for_byte()
    {
        _folder.Write("1_2.jpg", TestPictures.Jpeg());
        using IWorkspace workspace = _workspaces.Open();

        (await FetchAsync("1_2.jpg", workspace)).Should().Be(TestPictures.Jpeg().Length);

        File.ReadAllBytes(workspace.PathOf("original")).Should().Equal(TestPictures.Jpeg());
    }

    [Fact]
    public async Task Past_the_limit_are_not_read()
    {
        _folder.Write("1_2.jpg", new byte[1001]);
        using IWorkspace workspace = _workspaces.Open();

        (await FetchAsync("1_2.jpg", workspace)).Should().Be(1001);

        File.Exists(workspace.PathOf("original")).Should().BeFalse();
    }

    [Fact]
    public async Task That_are_missing_or_no_files_are_told_from_a_folder_that_is_gone()
    {
        _folder.Folder("1_2.jpg");
        using IWorkspace workspace = _workspaces.Open();
        Func<Task> missing = () => FetchAsync("1_3.jpg", workspace);
        Func<Task> folder = () => FetchAsync("1_2.jpg", workspace);
        Func<Task> gone = () => new FolderOriginals(new DirectoryInfo(_folder.File("nowhere"))).FetchAsync(ImageKey.Parse("1_2.jpg"), workspace, "original", 1000, default);

        await missing.Should().ThrowAsync<OriginalUnavailableException>().WithMessage("*1_3.jpg can't be read: there is no such file.");
        await folder.Should().ThrowAsync<OriginalUnavailableException>().WithMessage("*the file can't be read.");
        await gone.Should().ThrowAsync<MigrationFaultException>().WithMessage("*is not there (any more).");
    }

    private Task<long> FetchAsync(string name, IWorkspace workspace) =>
        new FolderOriginals(new DirectoryInfo(_folder.Path)).FetchAsync(ImageKey.Parse(name), workspace, "original", 1000, default);
}

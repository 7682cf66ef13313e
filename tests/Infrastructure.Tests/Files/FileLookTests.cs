using ImageBackend.Infrastructure.Files;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Files;

public sealed class FileLookTests
{
    [Fact]
    public void A_file_that_comes_between_two_looks_is_known_with_its_length()
    {
        using TempFolder folder = new();
        FileInfo file = new(folder.File("photo.jpg"));
        _ = file.Exists; // the first look, from now on remembered
        File.WriteAllText(file.FullName, "four");

        FileLook.IsThere(file).Should().BeTrue();

        file.Length.Should().Be(4);
    }

    [Fact]
    public void A_folder_is_not_a_file()
    {
        using TempFolder folder = new();

        FileLook.IsThere(folder.Folder("photo.jpg")).Should().BeFalse();
    }
}

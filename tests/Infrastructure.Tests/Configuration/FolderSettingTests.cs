using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

/// <summary>Folders are tried at start, not at the first upload.</summary>
public sealed class FolderSettingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Variables _variables = new() { ["API_SECRET_KEY"] = "a secret" };

    public FolderSettingTests()
    {
        _variables["INCOMING_FOLDER"] = _folder.Folder("incoming");
        _variables["ACTIVE_FOLDER"] = _folder.Folder("active");
        _variables["TEMP_FOLDER"] = _folder.File("images/temp");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void That_are_there_are_fine_and_that_for_temp_is_made()
    {
        _variables.Mistakes().Should().BeEmpty();

        Directory.Exists(_folder.File("images/temp")).Should().BeTrue();
        Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Should().HaveCount(4, "trying leaves nothing behind");
    }

    [Fact]
    public void That_are_missing_are_not_made()
    {
        _variables["INCOMING_FOLDER"] = _folder.File("nowhere");

        _variables.Mistakes().Should().ContainSingle()
            .Which.Should().Be($"INCOMING_FOLDER: the folder '{_folder.File("nowhere")}' does not exist; make it, or mount it");
        Directory.Exists(_folder.File("nowhere")).Should().BeFalse("an unmounted disk must be seen");
    }

    [Theory]
    [InlineData("INCOMING_FOLDER")]
    [InlineData("ACTIVE_FOLDER")]
    [InlineData("TEMP_FOLDER")]
    public void That_are_files_are_refused(string name)
    {
        _variables[name] = _folder.Write("file", []);

        _variables.Mistakes().Should().ContainSingle().Which.Should().Be($"{name}: '{_folder.File("file")}' is a file, not a folder");
    }

    [Theory]
    [InlineData("INCOMING_FOLDER", "/proc/self")] // nobody can write there, root neither
    [InlineData("ACTIVE_FOLDER", "/proc/self")]
    [InlineData("TEMP_FOLDER", "/proc/self/temp")]
    public void That_cannot_be_written_are_refused(string name, string path)
    {
        _variables[name] = path;

        _variables.Mistakes().Should().ContainSingle().Which.Should()
            .Match($"{name}: the folder '{path}' can't be written by the user '{Environment.UserName}'");
    }

    [Fact]
    public void For_temp_below_a_file_is_refused()
    {
        _folder.Write("file", []);
        _variables["TEMP_FOLDER"] = _folder.File("file/temp");

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("TEMP_FOLDER: ");
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("incoming/")]
    [InlineData("./incoming")]
    [InlineData("active/../incoming")]
    public void For_active_that_are_the_one_for_incoming_are_refused(string same)
    {
        _variables["ACTIVE_FOLDER"] = $"{_folder.Path}/{same}";

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("ACTIVE_FOLDER: is the same folder as INCOMING_FOLDER");
    }

    [Fact]
    public void For_active_that_are_the_one_for_incoming_by_another_name_are_refused()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("incoming"));
        _variables["ACTIVE_FOLDER"] = _folder.File("link");

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("ACTIVE_FOLDER: is the same folder as INCOMING_FOLDER");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [Trait("fault", "c2c-12")]
    public void And_the_secret_are_required_outside_development(string? value)
    {
        foreach (string name in new[] { "API_SECRET_KEY", "INCOMING_FOLDER", "ACTIVE_FOLDER" })
        {
            _variables[name] = value;
        }

        _variables.Mistakes().Should().Equal(
            "API_SECRET_KEY: is not set; for example API_SECRET_KEY=the-output-of-openssl-rand-hex-32",
            "INCOMING_FOLDER: is not set; for example INCOMING_FOLDER=/srv/data/incoming",
            "ACTIVE_FOLDER: is not set; for example ACTIVE_FOLDER=/srv/data/active");
    }
}

using System.Diagnostics;
using System.Runtime.Versioning;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

/// <summary>Folders are tested at start, not at the first upload.</summary>
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
    [UnsupportedOSPlatform("windows")]
    public void For_temp_are_made_for_this_user_alone()
    {
        _variables.Mistakes().Should().BeEmpty();

        File.GetUnixFileMode(_folder.File("images/temp")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("images")]
    [InlineData("images/temp")]
    public void For_temp_by_default_that_belong_to_another_user_are_refused(string theirs)
    {
        if (Environment.UserName != "root")
        {
            return; // only root can change a folder's owner
        }

        Directory.CreateDirectory(_folder.File(theirs));
        using (Process chown = Process.Start("chown", ["65534", _folder.File(theirs)]))
        {
            chown.WaitForExit();
        }

        SettingsReader reader = _variables.Reader();
        reader.OwnFolder("SOME_FOLDER", _folder.File("images/temp"), "", "");

        reader.Mistakes.Should().ContainSingle().Which.Should().StartWith($"SOME_FOLDER: is not set, and '{_folder.File(theirs)}' in its default path does not belong to ");
        _variables["SOME_FOLDER"] = _folder.File("images/temp");
        reader = _variables.Reader();
        reader.OwnFolder("SOME_FOLDER", "/nowhere", "", "");
        reader.Mistakes.Should().BeEmpty("of a folder that is set the owner is the operator's choice");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void For_temp_by_default_are_closed_to_others_if_they_were_open()
    {
        DirectoryInfo open = Directory.CreateDirectory(_folder.File("images/temp"));
        open.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

        _variables.Reader().OwnFolder("SOME_FOLDER", open.FullName, "", "");

        File.GetUnixFileMode(open.FullName).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
    [InlineData("INCOMING_FOLDER", "/proc/self")] // nobody can write there, not even root
    [InlineData("ACTIVE_FOLDER", "/proc/self")]
    [InlineData("TEMP_FOLDER", "/proc/self/temp")]
    public void That_cannot_be_written_are_refused(string name, string path)
    {
        _variables[name] = path;

        _variables.Mistakes().Should().ContainSingle().Which.Should()
            .Match($"{name}: the folder '{path}' can't be written by the user '{Environment.UserName}'; give it to that user: chown -R * (of a container: on the host, for the folder that is mounted there)");
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

    [Fact]
    public void For_active_that_are_the_one_for_incoming_by_a_link_above_are_refused()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.Path);
        _variables["ACTIVE_FOLDER"] = _folder.File("link/incoming");

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("ACTIVE_FOLDER: is the same folder as INCOMING_FOLDER")
            .And.EndWith("give each a folder of its own");
    }

    [Theory]
    [InlineData("ACTIVE_FOLDER", "incoming/active")]
    [InlineData("INCOMING_FOLDER", "active/incoming")]
    [InlineData("ACTIVE_FOLDER", "link/incoming/a/b")]
    [InlineData("INCOMING_FOLDER", "link/active/.hidden")]
    public void For_images_that_lie_inside_each_other_are_refused(string name, string inner)
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.Path);
        _variables[name] = Directory.CreateDirectory(_folder.File(inner)).FullName;

        _variables.Mistakes().Should().ContainSingle().Which.Should().Match("ACTIVE_FOLDER: '*' is inside INCOMING_FOLDER ('*') or contains it; give each a folder of its own, side by side");
    }

    [Theory]
    [InlineData("active")]
    [InlineData("incoming/temp")]
    [InlineData("link/active/temp")]
    [InlineData(".")]
    public void For_temp_that_are_or_hold_or_lie_in_one_for_images_are_refused(string temp)
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.Path);
        _variables["TEMP_FOLDER"] = _folder.File(temp);

        _variables.Mistakes().Should().NotBeEmpty().And.OnlyContain(mistake => mistake.StartsWith("TEMP_FOLDER: ", StringComparison.Ordinal) && mistake.EndsWith("give it a folder of its own beside that", StringComparison.Ordinal));
    }

    [Fact]
    public void Whose_names_begin_alike_are_fine()
    {
        _variables["ACTIVE_FOLDER"] = _folder.Folder("incoming-no-more");
        _variables["TEMP_FOLDER"] = _folder.File("incoming2");

        _variables.Mistakes().Should().BeEmpty();
    }

    [FactThatMounts]
    public void For_active_that_are_the_one_for_incoming_by_a_mount_are_refused()
    {
        using BindMount mount = new(_folder.File("incoming"), _folder.File("active"));

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("ACTIVE_FOLDER: is the same folder as INCOMING_FOLDER");
    }

    [FactThatMounts]
    public void That_lie_inside_each_other_by_a_mount_are_refused()
    {
        _folder.Folder("active/deep/down");
        using BindMount mount = new(_folder.File("active/deep/down"), _folder.File("incoming"));

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("ACTIVE_FOLDER: ").And.Contain("is inside INCOMING_FOLDER");
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

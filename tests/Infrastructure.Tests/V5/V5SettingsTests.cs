using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Tests.Configuration;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.V5;

public sealed class V5SettingsTests
{
    private static readonly FolderSettings Elsewhere = new(new DirectoryInfo("/nowhere/incoming"), new DirectoryInfo("/nowhere/active"));

    private readonly Variables _variables = [];

    [Fact]
    public void Are_not_needed_before_something_is_migrated()
    {
        V5Settings settings = Read(out IReadOnlyList<string> mistakes);
        Action act = () => settings.ThrowIfUnusable(Elsewhere);

        mistakes.Should().BeEmpty();
        act.Should().Throw<SettingsException>().Which.Mistakes.Should().HaveCount(2)
            .And.Contain(mistake => mistake.StartsWith("V5_DATABASE_URL: is not set", StringComparison.Ordinal))
            .And.Contain(mistake => mistake.StartsWith("V5_IMAGES_URL: is not set", StringComparison.Ordinal));
    }

    [Fact]
    public void Are_those_that_are_set()
    {
        _variables["V5_DATABASE_URL"] = "postgresql://me:s3cret@db/v5";
        _variables["V5_IMAGES_URL"] = "https://user:s3%63ret@s.example.org/uploads/images";
        _variables["V5_REDIRECT_HOSTS"] = "a.example, b.example";
        _variables["V5_ORDER"] = "desc";
        _variables["BUCKET_DATABASE_URL"] = "postgresql://me:s3cret@ledger/bucket";

        V5Settings settings = Read(out IReadOnlyList<string> mistakes);

        mistakes.Should().BeEmpty();
        settings.ThrowIfUnusable(Elsewhere);
        settings.Database!.ToString().Should().Be("db:5432/v5");
        settings.Originals.Should().Be(new Uri("https://s.example.org/uploads/images/"));
        (settings.OriginalsLogin!.UserName, settings.OriginalsLogin.Password).Should().Be(("user", "s3cret"));
        settings.RedirectHosts.Should().Equal("a.example", "b.example");
        settings.NewestFirst.Should().BeTrue();
        settings.Ledger!.ToString().Should().Be("ledger:5432/bucket");
        settings.ToString().Should().NotContain("s3cret");
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public void Take_no_folder_of_originals_that_is_migrated_into(string role)
    {
        using TempFolder folder = new();
        FolderSettings folders = new(new DirectoryInfo(folder.Folder("incoming")), new DirectoryInfo(folder.Folder("active")));
        Directory.CreateSymbolicLink(folder.File("v5"), folder.Path);
        _variables["V5_DATABASE_URL"] = "postgresql://me:s3cret@db/v5";
        _variables["V5_IMAGES_URL"] = folder.File($"v5/{role}");
        V5Settings settings = Read(out _);
        Action act = () => settings.ThrowIfUnusable(folders);

        act.Should().Throw<SettingsException>().Which.Mistakes.Should().ContainSingle()
            .Which.Should().StartWith("V5_IMAGES_URL: ").And.Contain("is ACTIVE_FOLDER or INCOMING_FOLDER itself");
    }

    [Fact]
    public void Take_a_folder_of_originals()
    {
        using TempFolder folder = new();
        _variables["V5_IMAGES_URL"] = folder.Path;

        V5Settings settings = Read(out IReadOnlyList<string> mistakes);

        mistakes.Should().BeEmpty();
        settings.Originals!.LocalPath.Should().Be(folder.Path + "/");
    }

    [Fact]
    public void Say_what_is_wrong_without_a_password()
    {
        _variables["V5_DATABASE_URL"] = "postgresql://me:s3cr@t@db/v5";
        _variables["V5_IMAGES_URL"] = "/nowhere/images";
        _variables["V5_ORDER"] = "random";
        _variables["BUCKET_DATABASE_URL"] = "postgresql://me:s3cret@/bucket";

        Read(out IReadOnlyList<string> mistakes);

        mistakes.Should().BeEquivalentTo(
            "V5_DATABASE_URL: is not the address of a PostgreSQL database, or has characters such as @ or / in a part that must be percent-encoded (%40, %2F); for example postgresql://user:password@host:5432/name",
            "V5_IMAGES_URL: the folder '/nowhere/images' does not exist; give a folder, or an address such as https://host/folder/",
            "V5_ORDER: 'random' is not one of: ASC, DESC",
            "BUCKET_DATABASE_URL: names no host; for example postgresql://user:password@host:5432/name");
    }

    [Theory]
    [InlineData("https:///images/")]
    [InlineData("https://s.example.org/images?size=s3cret")]
    public void Refuse_an_address_that_is_none_of_a_folder(string text)
    {
        _variables["V5_IMAGES_URL"] = text;

        Read(out IReadOnlyList<string> mistakes);

        mistakes.Should().Equal("V5_IMAGES_URL: is not the address of a folder; for example https://host/folder/");
    }

    private V5Settings Read(out IReadOnlyList<string> mistakes)
    {
        SettingsReader reader = _variables.Reader();
        V5Settings settings = V5Settings.Read(reader);
        mistakes = reader.Mistakes;
        return settings;
    }
}

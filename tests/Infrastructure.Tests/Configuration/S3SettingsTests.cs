using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Infrastructure.Storage.S3.Setup;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class S3SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Variables _variables = new() { ["API_SECRET_KEY"] = "a secret", ["STORAGE_BACKEND"] = "s3" };

    public S3SettingsTests() => _variables["TEMP_FOLDER"] = _folder.Folder("temp");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Are_the_predecessors_with_a_prefix()
    {
        SetExo();
        _variables["ACTIVE_PREFIX"] = "EXO";

        S3Settings settings = Read();

        settings.Incoming.Should().Be(new S3Place("demo-incoming", new S3Account(new Uri("https://sos-ch-dk-2.exo.io"), "ch-dk-2", new S3Keys("EXO1", "exo secret")), "EXO"));
        settings.Active.Bucket.Should().Be("demo-active");
        settings.Active.Account.Should().BeSameAs(settings.Incoming.Account);
        settings.SendsAcls.Should().BeTrue();
        settings.HasOldSignature.Should().BeFalse();
    }

    [Fact]
    public void Can_be_of_two_services()
    {
        SetExo();
        _variables["ACTIVE_PREFIX"] = "OTHER";
        _variables["OTHER_ACCESS_KEY_ID"] = "OTHER1";
        _variables["OTHER_SECRET_KEY"] = "other secret";
        _variables["S3_ACL"] = "none";
        _variables["S3_SIGNATURE_VERSION"] = "s3";

        S3Settings settings = Read();

        settings.Active.Account.Should().Be(new S3Account(null, "us-east-1", new S3Keys("OTHER1", "other secret")));
        settings.SendsAcls.Should().BeFalse();
        settings.HasOldSignature.Should().BeTrue();
    }

    [Fact]
    public void Leave_the_account_to_the_SDK_where_there_is_no_prefix()
    {
        _variables["INCOMING_BUCKET"] = "demo-incoming";
        _variables["ACTIVE_BUCKET"] = "demo-active";
        _variables["AWS_REGION"] = "eu-central-1";

        Read().Active.Account.Should().Be(new S3Account(null, "eu-central-1", Keys: null));
    }

    [Fact]
    public void Print_no_key()
    {
        SetExo();

        Read().ToString().Should().NotContain("EXO1").And.NotContain("exo secret");
    }

    [Fact]
    public void Say_what_is_missing()
    {
        _variables["INCOMING_PREFIX"] = "EXO";
        _variables["EXO_ENDPOINT"] = "sos-ch-dk-2.exo.io";

        _variables.Mistakes().Should().BeEquivalentTo(
            "INCOMING_BUCKET: is not set; for example INCOMING_BUCKET=my-site-incoming",
            "ACTIVE_BUCKET: is not set; for example ACTIVE_BUCKET=my-site-active",
            "EXO_ACCESS_KEY_ID: is not set, but the prefix EXO requires it",
            "EXO_SECRET_KEY: is not set, but the prefix EXO requires it",
            "EXO_ENDPOINT: is not the address of a service; for example https://sos-ch-dk-2.exo.io, without a path");
    }

    [Theory]
    [InlineData("https://user:password@exo.io")]
    [InlineData("https://exo.io/bucket")]
    [InlineData("ftp://exo.io")]
    public void Refuse_an_endpoint_that_is_more_than_an_address(string endpoint)
    {
        SetExo();
        _variables["EXO_ENDPOINT"] = endpoint;

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith("EXO_ENDPOINT: is not the address").And.NotContain("password");
    }

    [Fact]
    public void Refuse_what_would_make_uploads_public_and_what_can_not_be()
    {
        SetExo();
        _variables["ACTIVE_PREFIX"] = "EXO";
        _variables["ACTIVE_BUCKET"] = "demo-incoming";
        _variables["S3_ACL"] = "public";

        _variables.Mistakes().Should().HaveCount(2).And.Contain(line => line.StartsWith("ACTIVE_BUCKET: is the same bucket", StringComparison.Ordinal));

        _variables["ACTIVE_BUCKET"] = "../x";
        _variables["INCOMING_PREFIX"] = "A-B";
        _variables["S3_ACL"] = "none";
        _variables.Mistakes().Should().HaveCount(2);
    }

    [Fact]
    public void Ask_for_no_folder()
    {
        SetExo();
        _variables["INCOMING_FOLDER"] = "/nowhere";

        _variables.Mistakes().Should().BeEmpty();
    }

    [Fact]
    public void Need_not_be_right_while_images_are_kept_in_folders()
    {
        _variables["STORAGE_BACKEND"] = "local";
        _variables["INCOMING_FOLDER"] = _folder.Folder("incoming");
        _variables["ACTIVE_FOLDER"] = _folder.Folder("active");
        _variables["INCOMING_BUCKET"] = "../x";
        _variables["INCOMING_PREFIX"] = "A-B";
        _variables["AWS_ENDPOINT_URL"] = "nonsense";

        _variables.Mistakes().Should().BeEmpty();
    }

    private void SetExo()
    {
        _variables["INCOMING_BUCKET"] = "demo-incoming";
        _variables["ACTIVE_BUCKET"] = "demo-active";
        _variables["INCOMING_PREFIX"] = "EXO";
        _variables["EXO_ENDPOINT"] = "https://sos-ch-dk-2.exo.io";
        _variables["EXO_DEFAULT_REGION"] = "ch-dk-2";
        _variables["EXO_ACCESS_KEY_ID"] = "EXO1";
        _variables["EXO_SECRET_KEY"] = "exo secret";
    }

    private S3Settings Read()
    {
        SettingsReader reader = _variables.Reader();
        IStorageBackend backend = BackendSettings.Read(reader).Storage.Backend;
        reader.Mistakes.Should().BeEmpty();
        return backend.Should().BeOfType<S3Backend>().Subject.Settings;
    }
}
